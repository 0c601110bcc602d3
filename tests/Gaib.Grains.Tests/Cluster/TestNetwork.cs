using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Evm;
using Gaib.Silo;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>The genesis of the tests and the keys of everybody in it.</summary>
internal static class TestNetwork
{
    public const long Start = 1_767_225_600_000;
    public const long Hour = 3_600_000;
    public const long Day = 24 * Hour;
    public const ulong ChainId = 31_337;
    public const string GpuClass = "cpu-1";

    /// <summary>One GAIB in base units.</summary>
    public const ulong Unit = 1_000_000_000;

    /// <summary>The latest moment of every command.</summary>
    public const long Deadline = Start + (400 * Day);

    private static readonly string[] Rich =
    [
        "developer", "app", "investor", .. Numbered("host", 5), .. Numbered("contributor", 8), .. Numbered("person", 64),
    ];

    public static Hash32 BeaconSeed { get; } = Keccak.HashUtf8("test beacon");

    public static IReadOnlyList<PrivateKey> SettlerKeys { get; } = [.. Numbered("settler", 3).Select(Key)];

    private static Hash32 BeaconTip { get; } = Beacon.Tip(BeaconSeed, GaibNodeOptions.BeaconEpochs);

    /// <summary>Everybody named above has 1,000 GAIB, <c>pauper</c> has one base unit.</summary>
    public static Genesis Genesis(Func<Parameters, Parameters>? change = null)
    {
        var allocations = Rich.Select(name => new Allocation(Key(name).Address, 1_000UL * Unit)).Append(new Allocation(Key("pauper").Address, 1));
        var rate = (UInt128)(Unit / 100) << 32;
        var parameters = new Parameters { ReleaseWindowRounds = 2, ValuationK = 3, ReceiptSampleOneIn = 1 };
        return new Genesis(
            "gaib-test",
            ChainId,
            Address.FromHash(Keccak.HashUtf8("contract")),
            Start,
            [.. allocations.OrderBy(row => row.Account)],
            BeaconTip,
            [new GenesisClass(GpuClass, 10, rate, rate / 16, rate * 16)],
            [.. SettlerKeys.Select(key => key.Address).Order()],
            2,
            change is null ? parameters : change(parameters));
    }

    public static PrivateKey Key(string name) => PrivateKey.Derive(Keccak.HashUtf8("test:" + name));

    private static IEnumerable<string> Numbered(string name, int count) =>
        Enumerable.Range(0, count).Select(i => name + i.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
