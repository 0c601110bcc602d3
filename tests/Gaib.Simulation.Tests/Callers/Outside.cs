using Gaib.Abstractions.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>What somebody on another machine has: a way to grains, a watch, patience.</summary>
internal sealed class Outside(SimulatedSilo silo, Wire wire, IReadOnlyList<Machine> machines, Town town, Random random, EventLog log)
{
    private readonly IGrainFactory _grains = silo.Factory(new ProcessLife());

    public IGrainFactory Grains => _grains;

    public Wire Wire => wire;

    /// <summary>The clock of book 0.</summary>
    public WorldClock Clock => machines[0].Clock;

    /// <summary>Who lives where.</summary>
    public Town Town => town;

    public Random Random => random;

    public EventLog Log => log;

    /// <summary>Nobody begins anything new.</summary>
    public bool IsEnding { get; set; }

    /// <summary>A book.</summary>
    public IBookGrain Book(uint number = 0) => _grains.GetGrain<IBookGrain>(number);

    /// <summary>The clock by which a book tells the time.</summary>
    public WorldClock ClockOf(uint book) => machines[(int)book].Clock;

    /// <summary>The same again until there is an answer: a fault says nothing about what happened.</summary>
    public async Task<T> RetryAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception)
            {
                log.See("retry");
                await wire.Pause(1 + random.Next(8));
            }
        }
    }

    /// <summary>Nobody waits for this one.</summary>
    public static void Forget(Task call) => _ = call.ContinueWith(
        static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
