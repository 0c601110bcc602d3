using Gaib.Abstractions.Governance;
using Gaib.Simulation.Tests.Audit;
using Gaib.Simulation.Tests.Callers;
using Gaib.Simulation.Tests.Cluster;
using Gaib.Simulation.Tests.Disk;
using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests;

/// <summary>
/// One life of a ledger with all that surrounds it, in one thread and from one seed: callers on other machines, a network, a process whose
/// grains are the real ones, and a disk. Whatever went wrong goes wrong again the same way.
/// </summary>
internal sealed partial class World
{
    private const int DrainTicksMax = 6_000;

    private readonly WorldPlan _plan;
    private readonly Random _random;
    private readonly Turns _turns = new();
    private readonly Network _network;
    private readonly Town _town;
    private readonly Machine[] _machines;
    private readonly EdgeAuditor _edges;
    private readonly Wire _wire;
    private readonly SimulatedSilo _silo;
    private readonly Outside _outside;
    private readonly SimulatedVerifier _verifier = new();
    private readonly Services _services;
    private readonly SimulatedStorage _storage;
    private readonly List<Task> _callers = [];
    private bool _isOver;

    public World(int seed, WorldPlan plan)
    {
        (_plan, _random) = (plan, new Random(seed));
        (_town, _network) = (new Town(plan.Books), Services.NetworkOf(plan.Books));
        _machines = [.. Enumerable.Range(0, (int)plan.Books).Select(book => new Machine(new BookSite((uint)book, plan.Books), _random, plan.Faults, Log))];
        _edges = new EdgeAuditor(_machines, Log);
        _wire = new Wire(_random, Log) { IsHealed = true };
        _silo = new SimulatedSilo(_random, _wire, Log)
        {
            Make = MakeActivation,
            Serve = (type, key) => _services!.Find(type, key),
            ProcessOf = id => MachineOf(id).Process,
        };
        _outside = new Outside(_silo, _wire, _machines, _town, _random, Log);
        _services = new Services(_random, Log);
        _storage = new SimulatedStorage(_machines[0], _wire, _random, Log);
    }

    /// <summary>All that happened.</summary>
    public EventLog Log { get; } = new();

    /// <summary>What book 0 was after each frame.</summary>
    private FrameHistory History => _machines[0].History;

    /// <summary>Runs to the end: every caller has every answer, and all of it was as the auditor said.</summary>
    public void Run() => _turns.Enter(() =>
    {
        OpenSender();
        Begin();
        Heal(false);
        for (var tick = 0; tick < _plan.Ticks && !_isOver; tick++)
        {
            Step();
            Meddle();
        }

        Heal(true);
        _outside.IsEnding = true;
        StartSome();
        Drain(() => _callers.TrueForAll(caller => caller.IsCompleted), "callers");
        End();
    });

    private void Begin()
    {
        var begun = BeginAsync();
        Drain(() => begun.IsCompleted, "genesis");
        begun.GetAwaiter().GetResult();
        for (var i = 0U; i < uint.Max(2, _plan.Books); i++)
        {
            _callers.Add(new TransferCaller(_outside, $"writer {i}", i % _plan.Books).RunAsync());
        }

        for (var book = 0U; book < _plan.Books; book++)
        {
            _callers.Add(new CommandCaller(_outside, _town.Of(book)[0], _verifier).RunAsync());
        }

        BeginOutboxes();
        _turns.Run();
    }

    private async Task BeginAsync()
    {
        for (var number = 0U; number < _plan.Books; number++)
        {
            var (book, people) = (_outside.Book(number), _town.Of(number));
            var writer = await book.OpenWriter(Domain.Keccak.HashUtf8("genesis"));
            var reply = await book.Submit(
                number == 0 ? Cast.Genesis(writer, people, _leases.Select(LeaseCaller.Escrow)) : Cast.GenesisElsewhere(writer, Cast.Funds(people)));
            Assert.Null(reply.Rejection);
        }
    }

    private void Drain(Func<bool> isDone, string what)
    {
        for (var tick = 0; !isDone() && !_isOver; tick++)
        {
            Assert.True(tick < DrainTicksMax, $"the {what} did not end");
            Step();
        }
    }

    /// <summary>One step of the world.</summary>
    private void Step()
    {
        foreach (var machine in _machines)
        {
            machine.Clock.Move(_random.Next(5));
        }

        _wire.Step(_turns);
        foreach (var activation in _silo.Live)
        {
            if (activation is { IsDead: false, Surface: AuditedBook { Journal: { } journal } })
            {
                Write(journal);
            }
        }

        foreach (var machine in _machines.Where(machine => machine.Disk.IsPowerOut))
        {
            Log.See("power cut while writing");
            StartAgain(machine);
        }

        _edges.CheckAll();
        Assert.True(Log.Fault is null, Log.Fault);
    }

    private void Write(SimulatedJournal journal)
    {
        if (journal.HasWork && _random.Next(3) > 0)
        {
            journal.Write();
            _turns.Run();
        }

        if (journal.HasSnapshot && _random.Next(4) == 0)
        {
            Log.See("snapshot");
            journal.WriteSnapshot();
            _turns.Run();
        }

        if (journal.WantsSpare && _random.Next(3) == 0)
        {
            journal.MakeSpare();
        }
    }

    private void Heal(bool isHealed)
    {
        _wire.IsHealed = isHealed;
        foreach (var machine in _machines)
        {
            machine.Disk.IsHealed = isHealed;
        }
    }

    /// <summary>A machine, or its process, starts again; nothing that was in memory is there.</summary>
    private void StartAgain(Machine machine)
    {
        _silo.Die(machine.Process);
        machine.StartProcess();
        if (machine == _machines[0])
        {
            OpenSender();
        }

        _wire.CutOff();
        if (machine.Disk.IsPowerOut || _random.Next(2) == 0)
        {
            machine.Disk.Start();
        }
    }

    private void End()
    {
        if (_isOver)
        {
            return;
        }

        Settle();
        ReadAgain();
        if (!_isOver)
        {
            Assert.Null(History.Last.CompareWithFractions());
            EndOfOutboxes();
            EndOfEdges();
        }
    }

    /// <summary>What lies only in the cache comes to light, and each book is read once more from the disk.</summary>
    private void ReadAgain()
    {
        foreach (var machine in _machines)
        {
            machine.Disk.PullPlug();
            StartAgain(machine);
        }

        var last = _machines.Select(machine => _outside.RetryAsync(() => _outside.Book(machine.Site.Number).Audit())).ToList();
        Drain(() => last.TrueForAll(reading => reading.IsCompleted), "last reading");
    }

    private void OnStep(SimulatedDisk disk, JournalStep step)
    {
        if (!disk.IsHealed && _random.NextDouble() < _plan.StepFault)
        {
            Log.See($"cut {step}");
            disk.PullPlug();
            throw new PowerCutException();
        }
    }
}
