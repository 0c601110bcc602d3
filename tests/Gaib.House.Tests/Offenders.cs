namespace Gaib.House.Tests;

/// <summary>A broken rule names everyone who breaks it, not the first five.</summary>
internal static class Offenders
{
    /// <summary>Fails with the whole list if there is one.</summary>
    internal static void None<T>(IEnumerable<T> offenders)
    {
        var all = offenders.Select(offender => offender?.ToString()).ToArray();
        Assert.True(all.Length == 0, $"{all.Length} offenders:\n{string.Join('\n', all)}");
    }
}
