using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests;

internal sealed partial class World
{
    private const int TimerTicksMax = 30;

    private bool HasEdges => _machines.Length > 1;

    private void OnToldByBook(Machine machine, GrainId to, string name, object?[] arguments)
    {
        if (name == nameof(IBookGrain.Arrive))
        {
            _edges.OnTold(machine.Site.Number, MachineOf(to).Site.Number, (ImmutableArray<EdgeTotal>)arguments[1]!);
        }
    }

    /// <summary>A grain's timer, for as long as its activation lives.</summary>
    private void Repeat(Activation activation, ProcessLife process, Action tick) => _wire.Later(
        1 + _random.Next(TimerTicksMax),
        () =>
        {
            if (!activation.IsDead)
            {
                tick();
                Repeat(activation, process, tick);
            }
        },
        process);

    /// <summary>
    /// The end begins for every machine that has to start again. Where there are several books the others go on as they are, so that what
    /// a book forgot while it ran is missed; but for the first, where a second activation of a lease might answer for ever from before it was opened.
    /// </summary>
    private void StartSome()
    {
        foreach (var machine in _machines)
        {
            if (machine == _machines[0] || machine.Disk.IsPowerOut || _random.Next(3) == 0)
            {
                StartAgain(machine);
            }
        }
    }

    /// <summary>By itself each book tells all that left it. Nobody but whoever wakes the books has to ask for it.</summary>
    private void Settle()
    {
        if (HasEdges && !_isOver)
        {
            foreach (var machine in _machines)
            {
                Ask(_outside.Book(machine.Site.Number).Audit);
            }

            Drain(() => Array.TrueForAll(_machines, _edges.IsSettled), "telling");
        }
    }

    /// <summary>Everything is where it should be, and each book says so, or what keeps it from saying so.</summary>
    private void EndOfEdges()
    {
        Settle();
        if (!HasEdges || _isOver)
        {
            return;
        }

        foreach (var machine in _machines)
        {
            var fault = Ask(() => FaultOfAsync(_outside.Book(machine.Site.Number).Deliver()));
            Assert.Equal(_edges.IsStuck(machine), fault is JournalUnavailableException);
        }

        ReadAgain();
        Settle();
        if (!_isOver)
        {
            _edges.CheckEnd();
            Log.See($"ended with {_machines.Length} books");
            Assert.True(Log.Fault is null, Log.Fault);
        }
    }

    private static async Task<Exception?> FaultOfAsync(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (JournalUnavailableException fault)
        {
            return fault;
        }
    }
}
