namespace Gaib.Grains.Money;

/// <summary>Settings of what stands between a silo's grains and the books.</summary>
public sealed class BookSenderOptions
{
    /// <summary>
    /// How much may wait for each book, counted in transfers: a request with none counts for one, and its notes for one more each 152 bytes. A
    /// request beyond is refused as <see cref="Domain.Reason.BookBusy"/>, but one alone is never too large. Default 65,536; at least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public int QueueMax
    {
        get;
        set => field = AtLeastOne(value, nameof(QueueMax));
    } = 65_536;

    /// <summary>
    /// Calls to each book under way at once. What comes beyond them waits until one has ended, and then goes out in one. Default 64: so few need no
    /// help, since the book has them share its next write; more than that cost less together. At least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public int CallsUnderWay
    {
        get;
        set => field = AtLeastOne(value, nameof(CallsUnderWay));
    } = 64;

    private static int AtLeastOne(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }
}
