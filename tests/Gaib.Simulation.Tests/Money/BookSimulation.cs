using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Disk;
using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Money;

/// <summary>
/// Callers, a network that loses, doubles, delays and reorders, a book's host that is killed at any step, a disk that fails: all in one thread
/// and all drawn from one seed, so that whatever went wrong goes wrong again the same way.
/// </summary>
internal sealed class BookSimulation
{
    private const int Callers = 3;
    private static readonly AccountId[] People =
        [.. Enumerable.Range(0, 5).Select(i => AccountId.Person(Address.FromHash(Keccak.HashUtf8($"person {i}"))))];

    private readonly Random _random;
    private readonly SimulatedDisk _disk;
    private readonly List<(Message Message, int Due)> _network = [];
    private readonly SortedDictionary<ulong, Auditor> _frames = [];
    private readonly Caller[] _callers;
    private readonly bool _rots;
    private SimulatedHost? _host;
    private SimulatedHost? _other;
    private Auditor _auditor = new();
    private double _kill;
    private int _tick;
    private long _now = 1_000;
    private long _latest;
    private ulong _acknowledged;

    public BookSimulation(int seed)
    {
        _random = new Random(seed);
        _rots = seed % 10 == 0;
        _disk = new SimulatedDisk(_random, new DiskFaults(Chance(0.05), Chance(0.01), Chance(0.02)));
        _callers = [.. Enumerable.Range(0, Callers).Select(_ => new Caller())];
    }

    /// <summary>What happened, by name.</summary>
    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>Runs to the end: every caller has every answer, and all of it was as the auditor said.</summary>
    public void Run()
    {
        Begin();
        _kill = Chance(0.03);
        for (; _tick < 400; _tick++)
        {
            if (!Step())
            {
                return;
            }
        }

        // No more faults: whatever is still unanswered is answered.
        _kill = 0;
        _disk.Heal();
        while (_callers.Any(caller => caller.Sent is not null))
        {
            _tick++;
            if (!Step())
            {
                return;
            }
        }

        if (_host is not null || Activate())
        {
            Check();
        }
    }

    private void Begin()
    {
        _disk.Heal();
        _host = new SimulatedHost(_disk, _ => { });
        var issuer = _host.OpenWriter(Keccak.HashUtf8("issuer"));
        _host.Issue(issuer, [.. People.Select((person, i) => new Transfer
        {
            Id = Transfer.IdOf(issuer, (ulong)i), Debit = AccountId.Issuance, Credit = person, Amount = 1_000,
        })]);
        foreach (var person in People)
        {
            _auditor.Fund(person, 1_000);
        }

        for (var i = 0; i < Callers; i++)
        {
            _callers[i].Writer = _host.OpenWriter(Keccak.HashUtf8($"caller {i}"));
        }

        _frames[_host.Frame] = _auditor.Copy();
        _disk.Hurt();
        _host = null;
    }

    /// <summary>One tick of the world; false when the journal refused to open because the disk had changed it, which ends the run.</summary>
    private bool Step()
    {
        _now += _random.Next(30) == 0 ? _random.Next(-500, 2_000) : _random.Next(5);
        try
        {
            if (_host is null && !Activate())
            {
                return false;
            }

            SendAll();
            Deliver();
            if (_host is not null && _random.Next(3) == 0)
            {
                FlushHost();
            }

            if (_host is { HasWork: false } && _random.Next(25) == 0)
            {
                _host.SaveSnapshot();
                See("snapshot");
            }
        }
        catch (PowerCutException)
        {
            See("power cut");
            _disk.CutPower();
            (_host, _other) = (null, null);
        }
        catch (Exception fault) when (fault is IOException or JournalUnavailableException)
        {
            See("host lost");
            _host = null;
        }

        Meddle();
        return true;
    }

    private bool Activate()
    {
        try
        {
            _host = new SimulatedHost(_disk, OnStep);
        }
        catch (JournalUnavailableException) when (_rots && _disk.Struck.ContainsKey("rot"))
        {
            See("refused to open");
            return false;
        }

        if (_host.Mended.Length > 0)
        {
            See("torn tail");
        }

        // Which of the frames under way became durable is the disk's choice; what they hold is not.
        Assert.True(_frames.ContainsKey(_host.Frame), $"frame {_host.Frame} was never written");
        Assert.True(_host.Frame >= _acknowledged, $"frame {_acknowledged} was answered and is gone: {_host.Frame}");
        _auditor = _frames[_host.Frame].Copy();
        Assert.InRange(_host.Book.LastAt, _auditor.Now, long.Max(_latest, _auditor.Now));
        _auditor.Pass(_host.Book.LastAt);
        foreach (var later in _frames.Keys.Where(frame => frame > _host.Frame).ToList())
        {
            _frames.Remove(later);
        }

        Check();
        return true;
    }

    private void FlushHost()
    {
        if (_host!.HasWork)
        {
            _frames[_host.Frame + 1] = _auditor.Copy();
        }

        _host.Flush();
        _acknowledged = _host.Frame;
    }

    private void OnStep(JournalStep step)
    {
        if (_random.NextDouble() < _kill)
        {
            See($"cut {step}");
            throw new PowerCutException();
        }
    }

    /// <summary>Second owners, power cuts between two steps, rot.</summary>
    private void Meddle()
    {
        if (_random.Next(40) == 0 && _kill > 0 && _host is not null)
        {
            // Somebody takes the book over while its host goes on; the old one must not write any more.
            See("second owner");
            _other = _host;
            _host = null;
        }
        else if (_other is { HasWork: true } late && _host is not null)
        {
            _other = null;

            // It may also be killed on its way; what it must not do is to write and to answer.
            Assert.True(Record.Exception(late.Flush) is JournalUnavailableException or PowerCutException or IOException);
            See("late writer");
        }

        if (_random.NextDouble() < _kill / 3)
        {
            _disk.CutPower();
            (_host, _other) = (null, null);
            See("power cut");
        }

        if (_rots && _kill > 0 && _host is null && _random.Next(10) == 0)
        {
            _disk.Rot();
        }
    }

    private void SendAll()
    {
        foreach (var caller in _callers)
        {
            if (caller.Sent is null && _kill > 0 && _random.Next(2) == 0)
            {
                caller.Sent = new Message(caller, caller.Next, Draw(caller));
                caller.Next += (ulong)caller.Sent.Transfers.Length;
                caller.Old.Add(caller.Sent);
                _network.Add((caller.Sent, _tick));
            }
            else if (caller.Sent is { } unanswered && _random.Next(8) == 0)
            {
                // No answer so far: the same again. Sometimes twice, sometimes late.
                See("retry");
                _network.Add((unanswered, _tick + _random.Next(20)));
            }

            if (caller.Old.Count > 1 && _random.Next(20) == 0)
            {
                See("old message");
                _network.Add((caller.Old[_random.Next(caller.Old.Count - 1)], _tick));
            }
        }
    }

    private void Deliver()
    {
        for (var i = _network.Count - 1; i >= 0; i--)
        {
            var (message, due) = _network[i];
            if (due > _tick || _random.Next(2) == 0)
            {
                continue;
            }

            _network.RemoveAt(i);
            if (_random.Next(10) == 0)
            {
                See("message lost");
                continue;
            }

            Handle(message);
        }
    }

    private void Handle(Message message)
    {
        var caller = message.Caller;
        var answered = caller.Answered;
        var lost = _random.Next(8) == 0;
        TransferAnswer[] answers = [];
        answers = _host!.Handle(caller.Writer, answered, message.Transfers, _now, () =>
        {
            if (!lost && caller.Sent == message)
            {
                caller.Sent = null;
                caller.Answered = caller.Next;
            }
        });
        _latest = long.Max(_latest, _now);
        See(lost ? "reply lost" : "reply");
        var expected = _auditor.Answer(caller.Writer, answered, message.Transfers, _now);
        Assert.Equal(expected, answers);
        foreach (var answer in answers)
        {
            See(answer.Result.ToString());
        }
    }

    private Transfer[] Draw(Caller caller)
    {
        var transfers = new Transfer[1 + _random.Next(4)];
        for (var i = 0; i < transfers.Length; i++)
        {
            var linked = i + 1 < transfers.Length && _random.Next(3) == 0 ? TransferFlags.Linked : TransferFlags.None;
            transfers[i] = DrawOne(caller) with { Id = Transfer.IdOf(caller.Writer, caller.Next + (ulong)i), Flags = linked };
        }

        return transfers;
    }

    private Transfer DrawOne(Caller caller)
    {
        var (from, to) = (People[_random.Next(People.Length)], People[_random.Next(People.Length)]);
        var amount = (UInt128)_random.Next(0, 400);
        switch (_random.Next(10))
        {
            case < 5:
                return new Transfer { Debit = from, Credit = to, Amount = _random.Next(50) == 0 ? UInt128.One << 127 : amount };
            case < 7:
                var reserve = new Transfer
                {
                    Debit = from, Credit = to, Amount = amount, Phase = TransferPhase.Reserve,
                    ExpiresAt = _random.Next(2) == 0 ? 0 : _now + _random.Next(-50, 600),
                };
                caller.Reserved.Add(caller.Next);
                return reserve;
            default:
                var of = caller.Reserved.Count == 0 ? 0 : caller.Reserved[_random.Next(caller.Reserved.Count)];
                return new Transfer
                {
                    Of = Transfer.IdOf(caller.Writer, of),
                    Amount = amount / 2,
                    Phase = _random.Next(3) == 0 ? TransferPhase.Void : TransferPhase.Post,
                };
        }
    }

    private void Check()
    {
        foreach (var person in People)
        {
            var balance = _host!.Book.BalanceOf(person, AssetId.Gaib);
            Assert.Equal(_auditor.Posted(person), (System.Numerics.BigInteger)balance.Posted);
            Assert.Equal(_auditor.PendingOut(person), (System.Numerics.BigInteger)balance.DebitsPending);
        }

        Assert.Null(_host!.Book.Audit());
    }

    private double Chance(double most) => _random.NextDouble() * most;

    private void See(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;

    /// <summary>What happened, the disk's faults with it.</summary>
    public IEnumerable<KeyValuePair<string, int>> Counts => Seen.Concat(_disk.Struck);

    private sealed class Caller
    {
        public ulong Writer { get; set; }

        public ulong Next { get; set; }

        /// <summary>Every answer below this was seen.</summary>
        public ulong Answered { get; set; }

        public Message? Sent { get; set; }

        public List<Message> Old { get; } = [];

        public List<ulong> Reserved { get; } = [];
    }

    private sealed record Message(Caller Caller, ulong First, Transfer[] Transfers);
}
