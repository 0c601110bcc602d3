namespace Gaib.Domain.Money;

/// <summary>
/// Who may write transfers, and what each was answered. A writer's ids run from its floor; the last 16,384 answers are kept, so that
/// a retry is told the first answer again. The floor rises only to what the writer says it has seen answered.
/// </summary>
internal sealed class Writers
{
    /// <summary>Numbers below this are the book's own: commands, pools, expiry.</summary>
    public const ulong FirstIssued = 16;

    /// <summary>Numbers from this one on are of ephemeral writers, who have no name.</summary>
    public const ulong FirstEphemeral = 1UL << 63;

    /// <summary>How many ids above the floor a writer may use.</summary>
    public const int Window = 16_384;

    /// <summary>An ephemeral writer that has sent nothing for a day is forgotten: milliseconds.</summary>
    public const long IdleMs = 24 * LookEveryMs;

    private const long LookEveryMs = 3_600_000;

    private readonly List<Writer> _issued = [];
    private readonly Dictionary<Hash32, ulong> _byName = [];
    private readonly Dictionary<ulong, Writer> _ephemeral = [];
    private long _lookAt;

    /// <summary>The number that the next ephemeral writer gets; none is given twice.</summary>
    public ulong NextEphemeral { get; set; } = FirstEphemeral;

    public int Count => _issued.Count;

    /// <summary>The number of the writer with that name, or 0.</summary>
    public ulong Find(Hash32 name) => _byName.GetValueOrDefault(name);

    public ulong Open(Hash32 name)
    {
        if (_byName.TryGetValue(name, out var number))
        {
            return number;
        }

        number = FirstIssued + (ulong)_issued.Count;
        _issued.Add(new Writer(number, name));
        _byName.Add(name, number);
        return number;
    }

    /// <summary>Issues a writer without a name, or takes over one that was issued.</summary>
    public Writer OpenEphemeral(ulong number, long at)
    {
        NextEphemeral = ulong.Max(NextEphemeral, number + 1);
        return _ephemeral[number] = new Writer(number, Hash32.Zero) { UsedAt = at };
    }

    /// <summary>Forgets an ephemeral writer; its number stands for nobody from then on. False where there is none.</summary>
    public bool End(ulong number) => _ephemeral.Remove(number);

    /// <summary>The ephemeral writers that have sent nothing for a day. Looked for once an hour.</summary>
    public ulong[] TakeIdle(long now)
    {
        if (now < _lookAt)
        {
            return [];
        }

        _lookAt = now + LookEveryMs;
        return [.. _ephemeral.Values.Where(writer => writer.UsedAt <= now - IdleMs).Select(writer => writer.Number).Order()];
    }

    public bool TryGet(ulong number, out Writer writer)
    {
        if (number >= FirstEphemeral)
        {
            return _ephemeral.TryGetValue(number, out writer!);
        }

        var known = number >= FirstIssued && number - FirstIssued < (ulong)_issued.Count;
        writer = known ? _issued[(int)(number - FirstIssued)] : null!;
        return known;
    }

    /// <summary>Those with a name in the order of their numbers, then those without, in any.</summary>
    public IEnumerable<Writer> All => _issued.Concat(_ephemeral.Values);

    internal sealed class Writer(ulong number, Hash32 name)
    {
        private const int RingMin = 8;

        private Remembered[] _ring = [];
        private bool _isShared;

        public ulong Number { get; } = number;

        public Hash32 Name { get; } = name;

        public ulong Floor { get; private set; }

        /// <summary>Unix milliseconds of its last batch, as far as this process knows.</summary>
        public long UsedAt { get; set; }

        /// <summary>None when the id is free, AlreadyAnswered when it was used, or why it is neither.</summary>
        public Reason CheckFree(ulong sequence)
        {
            if (sequence < Floor)
            {
                return Reason.TooOld;
            }

            if (sequence - Floor >= Window)
            {
                return Reason.WindowFull;
            }

            return _ring.Length > 0 && _ring[Slot(sequence)] is { Used: true } kept && kept.Sequence == sequence ? Reason.AlreadyAnswered : Reason.None;
        }

        /// <summary>None when the id is free; else why it is not, with the first answer where it was given before.</summary>
        public Reason Check(in Transfer transfer, out TransferAnswer first)
        {
            first = default;
            var free = CheckFree(transfer.Sequence);
            if (free != Reason.AlreadyAnswered)
            {
                return free;
            }

            ref readonly var used = ref _ring[Slot(transfer.Sequence)];
            first = used.Answer;
            return used.IsOf(transfer) ? Reason.AlreadyAnswered : Reason.IdReused;
        }

        /// <summary>Keeps an answer until the floor has passed it.</summary>
        public void Remember(ulong sequence, ulong fingerprint, TransferAnswer answer)
        {
            // A ring of the whole window is never too short, unless a journal that is not a book's says ids that lie further apart.
            while (_ring.Length == 0
                || (_ring.Length < Window && _ring[Slot(sequence)] is { Used: true } kept && kept.Sequence >= Floor && kept.Sequence != sequence))
            {
                Grow();
            }

            if (_isShared)
            {
                (_ring, _isShared) = ([.. _ring], false);
            }

            _ring[Slot(sequence)] = new Remembered(sequence, fingerprint, answer.Amount, answer.Result, true);
        }

        /// <summary>
        /// Most writers never have more than a handful of answers above their floor, and few have a whole window. Two ids of one window are
        /// never in each other's way in a ring of its size.
        /// </summary>
        private void Grow()
        {
            var old = _ring;
            (_ring, _isShared) = (new Remembered[int.Max(RingMin, 2 * old.Length)], false);
            foreach (ref readonly var kept in old.AsSpan())
            {
                if (kept.Used && kept.Sequence >= Floor)
                {
                    _ring[Slot(kept.Sequence)] = kept;
                }
            }
        }

        public void RaiseFloor(ulong answeredThrough) => Floor = ulong.Max(Floor, answeredThrough);

        /// <summary>The writer as it is now. It shares the answers, and this one copies them before it changes one.</summary>
        public Frozen Freeze()
        {
            _isShared = true;
            return new Frozen(Number, Name, Floor, _ring);
        }

        private int Slot(ulong sequence) => (int)(sequence & (ulong)(_ring.Length - 1));
    }

    /// <summary>A writer at one moment.</summary>
    internal sealed record Frozen(ulong Number, Hash32 Name, ulong Floor, Remembered[] Ring)
    {
        /// <summary>What it was answered above its floor, by sequence.</summary>
        public IEnumerable<Remembered> Answers => Ring.Where(r => r.Used && r.Sequence >= Floor).OrderBy(r => r.Sequence);
    }

    /// <summary>One answer, without the padding that a <see cref="TransferAnswer"/> has: a window holds many.</summary>
    internal readonly record struct Remembered(ulong Sequence, ulong Fingerprint, UInt128 Amount, Reason Result, bool Used)
    {
        public TransferAnswer Answer => new(Result, Amount);

        /// <summary>True when the transfer is the one that was answered; a snapshot may be of a version with other fingerprints.</summary>
        public bool IsOf(in Transfer transfer) =>
            Fingerprint == transfer.Fingerprint() || Fingerprint == transfer.FingerprintOfVersion3() || Fingerprint == transfer.FingerprintOfVersion2();
    }
}
