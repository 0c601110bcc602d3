namespace Gaib.Domain.Money;

/// <summary>
/// Whether a journal uses each id once. Every id lies within 16,384 of its writer's floor, the floor only rises, and nothing below it
/// is taken any more: so one bit an id of that window, and the floor, remember all ids that there ever were.
/// </summary>
internal sealed class RefoldWriters
{
    private readonly Dictionary<ulong, Ids> _ids = [];
    private readonly HashSet<Hash32> _names = [];
    private readonly HashSet<ulong> _ephemeral = [];
    private readonly HashSet<ulong> _ended = [];
    private readonly Dictionary<ulong, ulong> _untouched = [];

    /// <summary>How many writers were issued.</summary>
    public ulong Count { get; private set; }

    /// <summary>The number of the next ephemeral writer.</summary>
    public ulong NextEphemeral { get; set; } = Writers.FirstEphemeral;

    /// <summary>How many ephemeral writers there are, of those that the rows touched.</summary>
    public int EphemeralCount => _ephemeral.Count;

    /// <summary>The last id of each of the book's own writers, which leave no gaps.</summary>
    public ulong[] Own { get; } = new ulong[(int)Writers.FirstIssued];

    /// <summary>The next number goes to that name.</summary>
    public bool TryOpen(Hash32 name)
    {
        Count++;
        return _names.Add(name);
    }

    /// <summary>True when the number is the next one of an ephemeral writer.</summary>
    public bool TryOpenEphemeral(ulong number)
    {
        var isNext = number == NextEphemeral;
        NextEphemeral = number + 1;
        _ = Get(number);
        return _ephemeral.Add(number) && isNext;
    }

    /// <summary>True when there was such an ephemeral writer; its ids are forgotten, and its number is not issued again.</summary>
    public bool TryEnd(ulong number)
    {
        _ids.Remove(number);
        _untouched.Remove(number);
        _ended.Add(number);
        return _ephemeral.Remove(number);
    }

    /// <summary>True when the rows said that it is forgotten.</summary>
    public bool HasEnded(ulong number) => _ended.Contains(number);

    /// <summary>What is known of a writer; null where nothing is.</summary>
    public Ids? Find(ulong number) => _ids.GetValueOrDefault(number);

    /// <summary>True when the writer was issued.</summary>
    public bool IsIssued(ulong number) => number >= Writers.FirstEphemeral ? _ephemeral.Contains(number) : number >= Writers.FirstIssued && number - Writers.FirstIssued < Count;

    public Ids Get(ulong number) => _ids.TryGetValue(number, out var known) ? known : _ids[number] = new Ids();

    /// <summary>True where no more needs to be known of what the id reserved, once it was resolved.</summary>
    public bool IsPast(UInt128 id)
    {
        var (number, sequence) = ((ulong)(id >> 64), (ulong)id);
        if (number == RefoldChain.CommandWriter)
        {
            return (Int128)sequence + Writers.Window <= Own[number];
        }

        var floor = _ids.TryGetValue(number, out var ids) ? ids.Floor : _untouched.GetValueOrDefault(number);
        var isGone = number >= Writers.FirstEphemeral && number < NextEphemeral && ids is null && !_untouched.ContainsKey(number);
        return isGone || sequence < floor;
    }

    /// <summary>Takes over what a snapshot knew; of a writer that is not asked for, its floor.</summary>
    public void Seed(SnapshotWriter row, Func<ulong, bool> wanted)
    {
        var number = row.Number == 0 ? Writers.FirstIssued + Count++ : row.Number;
        if (row.Number == 0)
        {
            _names.Add(row.Name);
        }

        if (wanted(number))
        {
            if (row.Number != 0)
            {
                _ephemeral.Add(number);
            }

            var ids = Get(number);
            ids.RaiseFloor(row.Floor);
            foreach (var sequence in row.Answered)
            {
                ids.TryTake(sequence);
            }
        }
        else
        {
            _untouched.Add(number, row.Floor);
        }
    }

    /// <summary>The ids of one writer.</summary>
    internal sealed class Ids
    {
        private const int WordBits = 64;

        private ulong[] _used = [];

        public ulong Floor { get; private set; }

        public int UsedCount { get; private set; }

        /// <summary>True when the id was free; it is not any more.</summary>
        public bool TryTake(ulong sequence)
        {
            if (sequence < Floor || sequence - Floor >= Writers.Window || IsUsed(sequence))
            {
                return false;
            }

            var word = WordOf(sequence);
            if (word >= _used.Length)
            {
                // Nearly all writers write a handful of transfers in their life.
                Array.Resize(ref _used, int.Min(Writers.Window / WordBits, int.Max(word + 1, 2 * _used.Length)));
            }

            _used[word] |= 1UL << (int)(sequence % WordBits);
            UsedCount++;
            return true;
        }

        public bool IsUsed(ulong sequence) =>
            WordOf(sequence) is var word && word < _used.Length && (_used[word] >> (int)(sequence % WordBits) & 1) == 1;

        /// <summary>True when it rose.</summary>
        public bool RaiseFloor(ulong floor)
        {
            if (floor <= Floor)
            {
                return false;
            }

            for (var passed = Floor; passed < floor && passed - Floor < Writers.Window && UsedCount > 0; passed++)
            {
                if (IsUsed(passed))
                {
                    _used[WordOf(passed)] &= ~(1UL << (int)(passed % WordBits));
                    UsedCount--;
                }
            }

            Floor = floor;
            return true;
        }

        private static int WordOf(ulong sequence) => (int)(sequence % Writers.Window / WordBits);
    }
}
