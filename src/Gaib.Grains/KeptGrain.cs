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

    /// <summary>The stored state; null before the first write.</summary>
    protected T? State => kept.State.Value;

    /// <summary>Stores the next state.</summary>
    protected async Task KeepAsync(T next)
    {
        var before = kept.State.Value;
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
    }
}
