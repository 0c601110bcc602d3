using System.Collections;
using Gaib.Domain.Data;

namespace Gaib.Verify.Tests.Training;

/// <summary>A set of parts to burn that fails as a full disk does when it is asked, which is in the middle of an export.</summary>
internal sealed class FullDisk : IReadOnlySet<HeldBackKind>
{
    public int Count => throw Full();

    public bool Contains(HeldBackKind item) => throw Full();

    public IEnumerator<HeldBackKind> GetEnumerator() => throw Full();

    public bool IsProperSubsetOf(IEnumerable<HeldBackKind> other) => throw Full();

    public bool IsProperSupersetOf(IEnumerable<HeldBackKind> other) => throw Full();

    public bool IsSubsetOf(IEnumerable<HeldBackKind> other) => throw Full();

    public bool IsSupersetOf(IEnumerable<HeldBackKind> other) => throw Full();

    public bool Overlaps(IEnumerable<HeldBackKind> other) => throw Full();

    public bool SetEquals(IEnumerable<HeldBackKind> other) => throw Full();

    IEnumerator IEnumerable.GetEnumerator() => throw Full();

    private static IOException Full() => new("No space left on device.");
}
