using Gaib.Abstractions;

namespace Gaib.Grains;

/// <summary>
/// A grain whose state is one immutable value: load, decide, persist, tell. A state is shown to nobody before it is stored; after a
/// failed write the activation ends, and the next one reads what the storage really holds.
/// </summary>
/// <typeparam name="T">The state.</typeparam>
public abstract class KeptGrain<T>(IPersistentState<Kept<T>> kept) : Grain
    where T : class
{
    /// <summary>The storage provider of all grains.</summary>
    public const string Storage = "gaib";

    private (bool UnderWay, T? Before) _write;

    /// <summary>The stored state; null before the first write. While a write is under way it is the state before: reads interleave.</summary>
    protected T? State => _write.UnderWay ? _write.Before : kept.State.Value;

    /// <summary>Stores the next state.</summary>
    protected async Task KeepAsync(T next)
    {
        var before = kept.State.Value;
        _write = (true, before);
        kept.State.Value = next;
        try
        {
            await kept.WriteStateAsync();
        }
        catch
        {
            kept.State.Value = before;
            DeactivateOnIdle();
            throw;
        }
        finally
        {
            _write = default;
        }
    }
}
