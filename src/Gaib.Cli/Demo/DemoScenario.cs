using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Domain.Training;
using Gaib.Silo;

namespace Gaib.Cli.Demo;

/// <summary>
/// All that the seed fixes: people, roles, data, settings, prices, the course of logical time. Nothing of it depends on the machine.
/// </summary>
internal sealed class DemoScenario
{
    public const ulong ChainId = 31_337;
    public const string GpuClass = "cpu-1";
    public const long Hour = 3_600_000;
    public const long Day = 24 * Hour;

    /// <summary>1 January 2026, 00:00 UTC: where the demo's logical time begins.</summary>
    public const long Start = 1_767_225_600_000;

    private static readonly UInt128 Unit = 1_000_000_000;

    public DemoScenario(ulong seed, bool isShort)
    {
        (Seed, IsShort) = (seed, isShort);
        var hash = new AbiWriter(2).Utf8("gaib.demo.seed").UInt(seed).Hash();
        People = new DemoPeople(hash);
        Rounds = isShort ? 6 : 16;
        Settings = new TrainingSettings(
            new MlpShape(isShort ? [64, 64, 10] : [64, 128, 10], InputScaleLog2: 4),
            Rounds,
            WorkerSlots: 4,
            InnerSteps: isShort ? 20 : 80,
            Batch: isShort ? 32 : 64,
            InnerRatePpm: 100_000,
            OuterRatePpm: 1_000_000,
            OuterMomentumPpm: 500_000);
        HeldBack = isShort ? new HeldBackSizes(80, 60, 100) : new HeldBackSizes(200, 320, 300);
        SamplesPerContributor = isShort ? 40 : 108;
        SingleCalls = isShort ? 120 : 2_000;
        BatchCalls = isShort ? 10 : 160;
        Genesis = MakeGenesis();
        Script = DemoScript.Draw(this);
    }

    public ulong Seed { get; }

    public bool IsShort { get; }

    public DemoPeople People { get; }

    public int Rounds { get; }

    public TrainingSettings Settings { get; }

    public HeldBackSizes HeldBack { get; }

    public int SamplesPerContributor { get; }

    public int SingleCalls { get; }

    public int BatchCalls { get; }

    public Genesis Genesis { get; }

    /// <summary>Who misbehaves, and when.</summary>
    public DemoScript Script { get; }

    public Hash32 BeaconSeed => People.Draw("beacon");

    /// <summary>Rows of one batched call.</summary>
    public static int BatchRows => 64;

    public static UInt128 BountyPrice => 150 * Unit;

    public static UInt128 BountyBudget => 160 * Unit;

    public static UInt128 UnitPrice => Unit / 100;

    public static UInt128 HostUnitFee => Unit / 500;

    public static UInt128 SessionCap => 200 * Unit;

    public static UInt128 SessionWindow => 4 * Unit;

    public static UInt128 LeaseCeiling => Unit / 2;

    public static UInt128 LeaseCap => 600 * Unit;

    public static UInt128 StakeAmount => 3_000 * Unit;

    public static UInt128 SettlementThreshold => Unit / 10;

    /// <summary>The GPU of a host.</summary>
    public Hash32 GpuOf(DemoPerson host) => Ids.Derive(Genesis.Hash(), "gpu", host.Account, 0);

    /// <summary>The host of a GPU.</summary>
    public DemoPerson HostOf(Hash32 gpu) => People.Hosts.Single(host => GpuOf(host) == gpu);

    /// <summary>When a step of the demo happens.</summary>
    public static long At(int day, double hour = 0) => Start + (day * Day) + (long)(hour * Hour);

    private Genesis MakeGenesis()
    {
        (DemoPerson Person, UInt128 Amount)[] rich =
        [
            (People.Developer, 2_000 * Unit),
            (People.App, 500 * Unit),
            (People.Investor, 5_000 * Unit),
        ];
        var allocations = rich.Select(row => new Allocation(row.Person.Account, row.Amount))
            .Concat(People.Hosts.Concat(People.Contributors).Select(person => new Allocation(person.Account, Unit)));
        var rate = (Unit / 100) << 32;
        return new Genesis(
            "gaib-demo",
            ChainId,
            Address.FromHash(People.Draw("contract")),
            Start,
            [.. allocations.OrderBy(row => row.Account)],
            Beacon.Tip(BeaconSeed, GaibNodeOptions.BeaconEpochs),
            [new GenesisClass(GpuClass, 8_000, rate, rate / 16, rate * 16)],
            [.. People.SettlerKeys.Select(key => key.Address).Order()],
            2,
            new Parameters { ReleaseWindowRounds = IsShort ? 3u : 8u });
    }
}

/// <summary>Who misbehaves, and when: scripted in logical terms, so that it is the same on every machine.</summary>
/// <param name="CheatRounds">Rounds in which the cheat sends a scaled delta.</param>
/// <param name="DeathRound">The round in which the dying host dies.</param>
/// <param name="DeathStep">The inner step before which it dies.</param>
internal sealed record DemoScript(ImmutableHashSet<int> CheatRounds, int DeathRound, int DeathStep)
{
    public static DemoScript Draw(DemoScenario scenario)
    {
        var draws = KeccakStream.For(scenario.People.Draw("script"), "misbehaviour");
        var rounds = scenario.Rounds;
        var first = (rounds / 3) + draws.Next(rounds / 3);
        var death = draws.Next(rounds / 3) + (2 * rounds / 3);
        return new DemoScript([first, int.Min(rounds - 1, first + 2)], death, draws.Next(scenario.Settings.InnerSteps));
    }
}
