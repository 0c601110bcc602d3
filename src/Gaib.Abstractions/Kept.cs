namespace Gaib.Abstractions;

/// <summary>What a grain keeps: one immutable state, or nothing yet.</summary>
/// <typeparam name="T">The state of a room's rule.</typeparam>
[GenerateSerializer]
[Alias("gaib.kept`1")]
public sealed class Kept<T>
    where T : class
{
    /// <summary>The state; null before the first write.</summary>
    [Id(0)] public T? Value { get; set; }
}
