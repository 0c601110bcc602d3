using Gaib.Abstractions.Ports;
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
    private readonly WorldClock _clock = new();
    private readonly SimulatedDisk _disk;
    private readonly Wire _wire;
    private readonly SimulatedSilo _silo;
    private readonly Outside _outside;
    private readonly SimulatedVerifier _verifier = new();
    private readonly Services _services;
    private readonly FrameHistory _history;
    private readonly SimulatedStorage _storage;
    private readonly List<Task> _callers = [];
    private bool _isOver;

    public World(int seed, WorldPlan plan)
    {
        (_plan, _random) = (plan, new Random(seed));
        _disk = new SimulatedDisk(_random, plan.Faults, Log);
        _wire = new Wire(_random, Log) { IsHealed = true };
        _silo = new SimulatedSilo(_random, _wire, Log) { Make = MakeActivation, Serve = (type, key) => _services!.Find(type, key) };
        _outside = new Outside(_silo, _wire, _clock, _random, Log);
        _services = new Services(_random, Log);
        _history = new FrameHistory(_disk, Log);
        _storage = new SimulatedStorage(_disk, _wire, _random, Log);
    }

    /// <summary>All that happened.</summary>
    public EventLog Log { get; } = new();

    /// <summary>Runs to the end: every caller has every answer, and all of it was as the auditor said.</summary>
    public void Run() => _turns.Enter(() =>
    {
        OpenSender();
        Begin();
        (_disk.IsHealed, _wire.IsHealed) = (false, false);
        for (var tick = 0; tick < _plan.Ticks && !_isOver; tick++)
        {
            Step();
            Meddle();
        }

        (_disk.IsHealed, _wire.IsHealed, _outside.IsEnding) = (true, true, true);
        StartAgain();
        Drain(() => _callers.TrueForAll(caller => caller.IsCompleted), "callers");
        End();
    });

    private void Begin()
    {
        var begun = BeginAsync();
        Drain(() => begun.IsCompleted, "genesis");
        begun.GetAwaiter().GetResult();
        for (var i = 0; i < 2; i++)
        {
            _callers.Add(new TransferCaller(_outside, $"writer {i}").RunAsync());
        }

        _callers.Add(new CommandCaller(_outside, 0, _verifier).RunAsync());
        BeginOutboxes();
        _turns.Run();
    }

    private async Task BeginAsync()
    {
        var writer = await _outside.Book().OpenWriter(Domain.Keccak.HashUtf8("genesis"));
        var reply = await _outside.Book().Submit(Cast.Genesis(writer, _leases.Select(LeaseCaller.Escrow)));
        Assert.Null(reply.Rejection);
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
        _clock.Move(_random.Next(5));
        _wire.Step(_turns);
        foreach (var activation in _silo.Live)
        {
            if (activation is { IsDead: false, Surface: AuditedBook book } && _journals.TryGetValue(book, out var store) && store.Opened is { } journal)
            {
                Write(journal);
            }
        }

        if (_disk.IsPowerOut)
        {
            Log.See("power cut while writing");
            StartAgain();
        }

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

    /// <summary>The machine, or the process, starts again; nothing that was in memory is there.</summary>
    private void StartAgain()
    {
        _silo.Die();
        _wire.CutOff();
        _journals.Clear();
        OpenSender();
        _clock.Restart();
        if (_disk.IsPowerOut || _random.Next(2) == 0)
        {
            _disk.Start();
        }
    }

    private void End()
    {
        if (_isOver)
        {
            return;
        }

        ReadAgain();
        if (!_isOver)
        {
            Assert.Null(_history.Last.CompareWithFractions());
            EndOfOutboxes();
        }
    }

    /// <summary>What lies only in the cache comes to light, and the book is read once more from the disk.</summary>
    private void ReadAgain()
    {
        _disk.PullPlug();
        StartAgain();
        var last = _outside.RetryAsync(() => _outside.Book().Audit());
        Drain(() => last.IsCompleted, "last reading");
    }

    private void OnStep(JournalStep step)
    {
        if (!_disk.IsHealed && _random.NextDouble() < _plan.StepFault)
        {
            Log.See($"cut {step}");
            _disk.PullPlug();
            throw new PowerCutException();
        }
    }
}
