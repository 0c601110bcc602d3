using System.Collections.Immutable;
using System.Numerics;

namespace Gaib.Domain.Models;

/// <summary>Which GPU answers a call: live GPUs in turn, each session starting at another one.</summary>
public static class HostChoice
{
    /// <summary>The version of this rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>
    /// The GPU at index (session + call) mod n of the live GPUs in ascending order, the session's id read as a big-endian integer; or
    /// <see cref="Reason.NoHost"/>.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="call">The number of the call.</param>
    /// <param name="live">The GPUs that serve the model now. The set's order is that of the ids, whatever order they joined in.</param>
    public static Outcome<Hash32> Choose(Hash32 session, ulong call, ImmutableSortedSet<Hash32> live)
    {
        if (live.IsEmpty)
        {
            return Reason.NoHost;
        }

        var index = (new BigInteger(session.ToArray(), isUnsigned: true, isBigEndian: true) + call) % live.Count;
        return live[(int)index];
    }
}
