using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Simulation.Tests.Money;

/// <summary>A book shows notes that are durable, all of them, and no others.</summary>
public sealed class BookNotesTests
{
    private static readonly Hash32 Stream = Keccak.HashUtf8("stream");

    [Fact]
    public void Of_FramesThatAreWrittenAndNotDurable_AreNotShown() =>
        Assert.Equal([1, 2], BookNotes.Of([Frame(1), Frame(2), Frame(3)], Stream, through: 2).Select(note => note[0]));

    [Fact]
    public void Of_FramesThatEndBeforeADurableOne_IsRefusedAndNotCutShort() =>
        Assert.Throws<JournalUnavailableException>(() => BookNotes.Of([Frame(1)], Stream, through: 2).Count());

    private static JournalFrame Frame(byte number)
    {
        var rows = new BookRows();
        rows.AddNote(new Note(Stream, [number]));
        return new JournalFrame(number, 0, rows.Written.ToArray());
    }
}
