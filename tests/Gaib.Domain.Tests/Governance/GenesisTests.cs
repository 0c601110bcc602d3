using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Governance;

public sealed class GenesisTests
{
    private static readonly Genesis Good = new(
        "test", 31_337, Account(1), 2, [new(Account(3), 4), new(Account(5), 6)], Hash(7), [new("cpu", 8, 9, 9, 10), new("gpu", 11, 12, 1, 13)],
        [Account(14), Account(15)], 2, new Parameters());

    [Fact]
    public void Hash_Vector_IsPinned() => Assert.Equal("0x7d83a8bb4981dd071a4405e9d6d158ac66f103187fc339f5f66af2e9598a6b51", Good.Hash().ToString());

    [Fact]
    public void ParametersHash_Vector_IsPinned() => Assert.Equal("0x01132ace5bd8bdfbe8fb9f2246f61084b686be2ea31d161bce45b59dd34345f2", new Parameters().Hash().ToString());

    [Fact]
    public void Hash_AnyField_ChangesIt()
    {
        Genesis[] changed =
        [
            Good, Good with { Network = "other" }, Good with { ChainId = 1 }, Good with { VerifyingContract = Account(99) },
            Good with { StartsAt = 99 }, Good with { Allocations = [new(Account(3), 4)] }, Good with { Allocations = [new(Account(3), 5), new(Account(5), 6)] },
            Good with { Allocations = [new(Account(4), 4), new(Account(5), 6)] }, Good with { BeaconTip = Hash(99) }, Good with { Classes = [Good.Classes[0]] },
            Good with { Classes = [Good.Classes[0], Good.Classes[1] with { Name = "hpu" }] },
            Good with { Classes = [Good.Classes[0], Good.Classes[1] with { MacsPerMs = 99 }] },
            Good with { Classes = [Good.Classes[0], Good.Classes[1] with { RateAtTarget = 99 }] },
            Good with { Classes = [Good.Classes[0], Good.Classes[1] with { RateMin = 99 }] },
            Good with { Classes = [Good.Classes[0], Good.Classes[1] with { RateMax = 99 }] },
            Good with { Settlers = [Account(14)] }, Good with { Settlers = [Account(14), Account(16)] }, Good with { SettlerThreshold = 1 },
            Good with { Parameters = new Parameters { EpochMs = 1_000 } },
        ];

        Assert.Equal(changed.Length, changed.Select(g => g.Hash()).Distinct().Count());
    }

    [Fact]
    public void Check_Good_Passes() => Assert.Null(Good.Check());

    [Fact]
    public void Check_WrongField_IsNamed()
    {
        Assert.Equal("network", (Good with { Network = "" }).Check()?.Subject);
        Assert.Equal("network", (Good with { Network = new string('x', 65) }).Check()?.Subject);
        Assert.Equal("allocations", (Good with { Allocations = [new(Account(5), 6), new(Account(3), 4)] }).Check()?.Subject);
        Assert.Equal("allocations", (Good with { Allocations = [new(Account(3), 6), new(Account(3), 4)] }).Check()?.Subject);
        Assert.Equal("allocations", (Good with { Allocations = [new(Account(3), 0)] }).Check()?.Subject);
        Assert.Equal("allocations", (Good with { Allocations = [new(Address.Zero, 1)] }).Check()?.Subject);
        Assert.Equal("supply", (Good with { Allocations = [new(Account(3), long.MaxValue), new(Account(5), 1)] }).Check()?.Subject);
        Assert.Equal("supply", (Good with { Allocations = [new(Account(3), UInt128.MaxValue), new(Account(5), UInt128.MaxValue)] }).Check()?.Subject);
        Assert.Equal("beaconTip", (Good with { BeaconTip = Hash32.Zero }).Check()?.Subject);
        Assert.Equal("classes", (Good with { Classes = [Good.Classes[1], Good.Classes[0]] }).Check()?.Subject);
        Assert.Equal("classes", (Good with { Classes = [Good.Classes[0], Good.Classes[0]] }).Check()?.Subject);
        Assert.Equal("classes", (Good with { Classes = [Good.Classes[0] with { MacsPerMs = 0 }] }).Check()?.Subject);
        Assert.Equal("classes", (Good with { Classes = [Good.Classes[0] with { RateMin = 10 }] }).Check()?.Subject);
        Assert.Equal("classes", (Good with { Classes = [Good.Classes[0] with { RateMax = 8 }] }).Check()?.Subject);
        Assert.Equal("settlers", (Good with { Settlers = [Account(15), Account(14)] }).Check()?.Subject);
        Assert.Equal("settlerThreshold", (Good with { SettlerThreshold = 0 }).Check()?.Subject);
        Assert.Equal("settlerThreshold", (Good with { SettlerThreshold = 3 }).Check()?.Subject);
        Assert.Equal("valuationK", (Good with { Parameters = new Parameters { ValuationK = 0 } }).Check()?.Subject);
    }
}
