namespace Gaib.Domain.Money;

/// <summary>
/// Who may write transfers, and what each was answered. A writer's ids run from its floor; the last 16,384 answers are kept, so that
/// a retry is told the first answer again. The floor rises only to what the writer says it has seen answered.
/// </summary>
internal sealed class Writers
{
    /// <summary>Numbers below this are the book's own: commands, pools, expiry.</summary>
    public const ulong FirstIssued = 16;

    /// <summary>How many ids above the floor a writer may use.</summary>
    public const int Window = 16_384;

    private readonly List<Writer> _issued = [];
    private readonly Dictionary<Hash32, ulong> _byName = [];

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

    public bool TryGet(ulong number, out Writer writer)
    {
        var known = number >= FirstIssued && number - FirstIssued < (ulong)_issued.Count;
        writer = known ? _issued[(int)(number - FirstIssued)] : null!;
        return known;
    }

    public IEnumerable<Writer> All => _issued;

    internal sealed class Writer(ulong number, Hash32 name)
    {
        private Remembered[] _ring = [];
        private bool _isShared;

        public ulong Number { get; } = number;

        public Hash32 Name { get; } = name;

        public ulong Floor { get; private set; }

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

            var at = Slot(sequence);
            return at >= _ring.Length || !_ring[at].Used || _ring[at].Sequence != sequence ? Reason.None : Reason.AlreadyAnswered;
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

        public void Remember(ulong sequence, ulong fingerprint, TransferAnswer answer)
        {
            var at = Slot(sequence);
            if (at >= _ring.Length)
            {
                Array.Resize(ref _ring, int.Min(Window, int.Max(8, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)at + 1))));
            }
            else if (_isShared)
            {
                _ring = [.. _ring];
            }

            _isShared = false;
            _ring[at] = new Remembered(sequence, fingerprint, answer.Amount, answer.Result, true);
        }

        public void RaiseFloor(ulong answeredThrough) => Floor = ulong.Max(Floor, answeredThrough);

        /// <summary>The writer as it is now. It shares the answers, and this one copies them before it changes one.</summary>
        public Frozen Freeze()
        {
            _isShared = true;
            return new Frozen(Name, Floor, _ring);
        }

        private static int Slot(ulong sequence) => (int)(sequence % Window);
    }

    /// <summary>A writer at one moment.</summary>
    internal sealed record Frozen(Hash32 Name, ulong Floor, Remembered[] Ring)
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
