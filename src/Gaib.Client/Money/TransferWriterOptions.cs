using Gaib.Domain.Money;

namespace Gaib.Client.Money;

/// <summary>Settings of a <see cref="TransferWriter"/>.</summary>
public sealed record TransferWriterOptions
{
    /// <summary>Transfers that may wait for a batch; a caller beyond them is refused. Default 65,536.</summary>
    public int QueueMax { get; init; } = 65_536;

    /// <summary>
    /// Transfers that are sent in one batch, unless one caller's are more. Default 8,190, which is the most: a writer that has fallen behind
    /// catches up in large batches.
    /// </summary>
    public int BatchMax { get; init; } = BookRequest.TransfersMax;

    /// <summary>Batches under way at once. Default 2; with 8,190 a batch, more than 2 would not fit the book's window.</summary>
    public int BatchesUnderWay { get; init; } = 2;

    /// <summary>How long to wait before a batch without an answer is sent again; doubles up to a hundred times of it. Default 20 ms.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(20);
}
