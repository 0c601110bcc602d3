using System.Globalization;

namespace Gaib.Kills.Tests.Node;

/// <summary>How a node is started that is to be killed.</summary>
/// <param name="Books">The folder of the journals, which outlives the process.</param>
/// <param name="Scratch">A folder for all else.</param>
/// <param name="Point">The named point at which the process kills itself; empty for none.</param>
/// <param name="Occurrence">How often the point is reached, the last time included; from 1.</param>
internal sealed record ServedNodeSettings(string Books, string Scratch, string Point, int Occurrence)
{
    /// <summary>The smallest that is allowed, so that segments are filled and put aside all the time.</summary>
    public const int SegmentBytes = 64 << 10;

    public const ulong SnapshotEveryBytes = 200 << 10;

    public string[] ToArguments() => [Books, Scratch, Point, Occurrence.ToString(CultureInfo.InvariantCulture)];

    public static ServedNodeSettings Parse(string[] arguments) =>
        new(arguments[0], arguments[1], arguments[2], int.Parse(arguments[3], CultureInfo.InvariantCulture));
}
