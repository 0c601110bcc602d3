using System.Collections.Immutable;
using Gaib.Domain;

namespace Gaib.Verify;

/// <summary>What a verification came to.</summary>
/// <param name="Findings">What does not hold, the first one first; at most a hundred.</param>
/// <param name="FindingCount">How many there were in all.</param>
/// <param name="NotReplayed">What was not executed again for want of bytes.</param>
/// <param name="Asserted">Fields that nothing can check, each with the reason.</param>
/// <param name="Lines">Lines checked by file, headers not counted.</param>
public sealed record VerificationReport(
    ImmutableArray<Finding> Findings,
    int FindingCount,
    ImmutableArray<NotReplayed> NotReplayed,
    ImmutableArray<AssertedField> Asserted,
    ImmutableSortedDictionary<string, int> Lines)
{
    /// <summary>Exit code when everything holds and was executed again.</summary>
    public const int Holds = 0;

    /// <summary>Exit code when something does not hold.</summary>
    public const int DoesNotHold = 1;

    /// <summary>Exit code when all that could be checked holds, but not all could be.</summary>
    public const int PartlyReplayed = 3;

    /// <summary>
    /// The genesis hash of the network that the export tells of; zero when network.json can't be read. Everything else follows from it,
    /// so whoever verifies compares it with the one that they know.
    /// </summary>
    public Hash32 Genesis { get; init; }

    /// <summary>
    /// What holds and has not come to its end when the export was made, one line for people each, with counts and amounts; an operator
    /// that withholds something leaves it here. Always in the same order, and empty when something does not hold.
    /// </summary>
    public ImmutableArray<string> Open { get; init; } = [];

    /// <summary>The exit code of <c>gaib verify</c>.</summary>
    public int ExitCode => FindingCount > 0 ? DoesNotHold : NotReplayed.IsEmpty ? Holds : PartlyReplayed;
}

/// <summary>A field of an export that nothing can check.</summary>
/// <param name="File">The file.</param>
/// <param name="Field">The field as a path, with <c>[]</c> for any place in a list.</param>
/// <param name="Reason">Why nothing can check it.</param>
public sealed record AssertedField(string File, string Field, string Reason);
