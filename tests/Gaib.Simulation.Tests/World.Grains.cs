using System.Text.RegularExpressions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Grains.Money;
using Gaib.Simulation.Tests.Audit;
using Gaib.Simulation.Tests.Callers;
using Gaib.Simulation.Tests.Cluster;
using Gaib.Simulation.Tests.Disk;
using Gaib.Simulation.Tests.Planted;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gaib.Simulation.Tests;

internal sealed partial class World
{
    private Activation MakeActivation(GrainId id) => id.Type.ToString() switch
    {
        nameof(IBookGrain) => MakeBook(id),
        nameof(ISessionGrain) => MakeSession(id),
        nameof(ILeaseGrain) => MakeLease(id),
        _ => throw new NotSupportedException(id.ToString()),
    };

    private Activation MakeBook(GrainId id)
    {
        Activation made = null!;
        AuditedBook audited = null!;
        var machine = MachineOf(id);
        var (disk, process) = (machine.Disk, machine.Process);
        var store = new SimulatedJournalStore(
            disk, step => OnStep(disk, step), _plan.Plant, (number, at, bytes) => machine.History.Keep(number, at, bytes, audited.Auditor));
        var factory = _silo.Factory(process, (to, name, arguments) => OnToldByBook(machine, to, name, arguments));
        var grain = OrleansParts.Make(
            id, factory, () => Deactivate(made), () => new BookGrain(
                store, _network, machine.Clock, new BookMoments(), Options.Create(new BookOptions()), NullLogger<BookGrain>.Instance),
            tick => Repeat(made, process, tick));
        audited = new AuditedBook(grain, _plan.Wrap(grain), store, machine, _edges, Log, message => Unreadable(disk, message));
        made = new Activation(
            id, audited, ActivateAsync, () => grain.OnDeactivateAsync(default, CancellationToken.None), isReentrant: true);
        return made;

        async Task ActivateAsync()
        {
            await this.ActivateAsync(grain, audited, store, machine);
            if (_plan.PlantEdges is { } mistake)
            {
                audited.Plant(mistake(new EdgeParts(factory, audited.Book, () => store.Opened!.DurableAsync(store.Opened.NextNumber))));
            }
        }
    }

    /// <summary>The machine on which a grain lives.</summary>
    private Machine MachineOf(GrainId id) => _machines[id.Type.ToString() == nameof(IBookGrain) ? id.GetIntegerKey() : 0];

    /// <summary>The runtime takes an activation that asked for its end out at once, and lets it end by itself.</summary>
    private void Deactivate(Activation activation)
    {
        Log.See("deactivated");
        _silo.Remove(activation);
        Outside.Forget(activation.DeactivateAsync());
    }

    private async Task ActivateAsync(BookGrain grain, AuditedBook audited, SimulatedJournalStore store, Machine machine)
    {
        try
        {
            await grain.OnActivateAsync(CancellationToken.None);
        }
        catch (JournalUnavailableException fault) when (store.Opened is null && fault.InnerException is not (IOException or PowerCutException))
        {
            Refused(machine.Disk, fault.Message);
            throw;
        }
        catch (JournalUnavailableException fault) when (fault.InnerException is null && fault.Message.Contains("is damaged", StringComparison.Ordinal))
        {
            Refused(machine.Disk, fault.Message);
            throw;
        }
        catch (Exception fault) when (fault is not (JournalUnavailableException or IOException or PowerCutException))
        {
            Log.Blame($"The book does not start: {fault}");
            throw;
        }

        if (store.Opened!.Mended.Length > 0)
        {
            Log.See("torn tail");
        }

        var isKept = false;
        if (Record.Exception(() => isKept = machine.History.Open(store.Opened.LastNumber, audited)) is { } wrong)
        {
            Log.Blame($"The auditor failed: {wrong}");
        }

        if (!isKept)
        {
            // What was acknowledged is gone, and nothing on the disk says that it ever was.
            _isOver = true;
            throw new JournalUnavailableException("The world is over.");
        }
    }

    /// <summary>
    /// The journal refuses to open. It must have a reason, and say which file it is; then somebody does what the message says.
    /// </summary>
    private void Refused(SimulatedDisk disk, string message)
    {
        Log.See("refused to open");
        if (!disk.HasLied)
        {
            Log.Blame($"It refused to open a journal that is as it was written: {message}");
            return;
        }

        if (FileInMessage().Match(message) is not { Success: true } file)
        {
            Log.Blame($"It refused without naming a file: {message}");
        }
        else if (file.Value.EndsWith(".snap", StringComparison.Ordinal) && message.Contains("Remove the", StringComparison.Ordinal) && _random.Next(2) == 0)
        {
            disk.RemoveByHand(file.Value);
        }
        else
        {
            disk.Restore();
        }
    }

    /// <summary>The running book can't read its own notes; somebody puts the journal back.</summary>
    private void Unreadable(SimulatedDisk disk, string message)
    {
        Log.See("refused to read notes");
        if (!disk.HasLied)
        {
            Log.Blame($"It refused to read a journal that is as it was written: {message}");
        }

        disk.Restore();
    }

    /// <summary>Second activations and owners, ends, snapshots, clocks, rot, a full disk.</summary>
    private void Meddle()
    {
        foreach (var activation in _silo.Live)
        {
            if (_random.Next(120) == 0)
            {
                _silo.Double(activation.Id);
            }
            else if (_random.Next(250) == 0)
            {
                Deactivate(activation);
                _turns.Run();
            }
            else if (activation.Surface is AuditedBook book && _random.Next(40) == 0)
            {
                book.WantSnapshot();
            }
        }

        foreach (var machine in _machines)
        {
            Meddle(machine);
        }

        if (_machines.Length > 1 && _random.NextDouble() < _plan.Kill / 4)
        {
            Log.See("power cut everywhere");
            foreach (var machine in _machines)
            {
                machine.Disk.PullPlug();
                StartAgain(machine);
            }
        }
    }

    private void Meddle(Machine machine)
    {
        var disk = machine.Disk;
        if (_random.Next(60) == 0)
        {
            Log.See("clock set");
            machine.Clock.Move(_random.Next(-3_000, 3_000));
        }

        if (_random.Next(disk.IsFull ? 20 : 150) == 0)
        {
            disk.IsFull = !disk.IsFull;
            Log.See(disk.IsFull ? "space used up" : "space came back");
        }

        disk.MayRot();
        if (_random.Next(100) == 0)
        {
            disk.DropCache();
        }

        if (_random.NextDouble() < _plan.Kill)
        {
            Log.See("killed");
            StartAgain(machine);
        }

        if (_random.NextDouble() < _plan.Kill / 2)
        {
            Log.See("power cut");
            disk.PullPlug();
            StartAgain(machine);
        }
    }

    [GeneratedRegex(@"(journal-\d{8}\.seg|snapshot-\d{16}-\d{10}\.snap)")]
    private static partial Regex FileInMessage();
}
