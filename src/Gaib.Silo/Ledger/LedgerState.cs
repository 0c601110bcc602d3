using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;

namespace Gaib.Silo.Ledger;

/// <summary>A state of a book that is to be compared with its journal.</summary>
/// <param name="Name">What it is called in reports: a snapshot's file, or where else it is from.</param>
/// <param name="Position">Up to where in the journal it reaches.</param>
/// <param name="FrameChecksum">The checksum of the frame in which that place lies; null where the state does not say.</param>
/// <param name="Parts">Its bytes; may be asked for more than once.</param>
internal sealed record LedgerState(
    string Name, JournalPosition Position, UInt128? FrameChecksum, Func<IEnumerable<ReadOnlyMemory<byte>>> Parts)
{
    public static LedgerState Of(FoundSnapshot snapshot) => new(snapshot.Name, snapshot.Position, snapshot.FrameChecksum, snapshot.Parts);
}

/// <summary>A fault, and where it shows.</summary>
/// <param name="Where">The journal, a snapshot's file, or the book.</param>
/// <param name="Fault">The fault.</param>
public sealed record LedgerDifference(string Where, LedgerFault Fault)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {Fault}";
}
