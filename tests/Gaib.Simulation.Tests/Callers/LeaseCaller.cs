using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>A run that starts and bills rounds of a lease, says some of it twice, some too late and some wrongly, and ends it.</summary>
internal sealed class LeaseCaller(Outside outside, LeaseTerms terms)
{
    private static readonly Hash32 Run = Keccak.HashUtf8("run");

    private readonly List<LeaseCommand> _old = [];

    /// <summary>The terms of a world's lease.</summary>
    public static LeaseTerms TermsOf(int number) => new(
        Keccak.HashUtf8($"lease {number}"), Hash32.Zero, Hash32.Zero, Hash32.Zero, Cast.People[number], Cast.People[number + 1], "cpu-1",
        MacsPerMs: 7, Floor: 20, Ceiling: 900, Cap: 60_000, FeePpm: 33_333, Window: 2, OpenedAt: 0);

    /// <summary>The cap, as it lies in the lease's account from the start.</summary>
    public static Transfer Escrow(LeaseTerms terms) => Cast.Issue(AccountId.Of(AccountKind.Lease, terms.Lease), AssetId.Gaib, terms.Cap);

    /// <summary>Goes on until the lease or the world ends.</summary>
    public async Task RunAsync()
    {
        var grain = outside.Grains.Get<ILeaseGrain>(terms.Lease);
        await outside.RetryAsync(() => grain.Open(terms.Class));
        for (var round = 0; !outside.IsEnding; round++)
        {
            await outside.Wire.Pause(1 + outside.Random.Next(12));
            var rate = (UInt128)(outside.Random.Next(40) == 0 ? 5 : outside.Random.Next(40) == 0 ? 5_000 : outside.Random.Next(20, 900));
            var max = (UInt128)outside.Random.Next(1, 300_000);
            await SayAsync(grain, new StartLeaseRound(Run, round, rate, max));
            await SayAsync(grain, new BillLeaseRound(round, outside.Random.Next(20) == 0 ? max + 1 : max - (max / 3), Keccak.HashUtf8($"round {round}")));
            if (outside.Random.Next(25) == 0)
            {
                LeaseCommand end = outside.Random.Next(3) == 0
                    ? new CatchHost(round, outside.Random.Next(4) == 0 ? Reason.HostLost : Reason.WorkWrong)
                    : new CloseLease(outside.Random.Next(3) switch { 0 => Reason.None, 1 => Reason.HostLost, _ => Reason.WorkWrong });
                await SayAsync(grain, end);
            }
        }

        // Whatever became of it, it is over now, and what is left goes back.
        await SayAsync(grain, new CloseLease(Reason.None));
    }

    private async Task SayAsync(ILeaseGrain grain, LeaseCommand command)
    {
        _old.Add(command);
        await outside.RetryAsync(() => grain.Apply(command));
        if (outside.Random.Next(10) == 0)
        {
            Outside.Forget(grain.Apply(_old[outside.Random.Next(_old.Count)]));
        }
    }
}
