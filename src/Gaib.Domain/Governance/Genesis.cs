using System.Collections.Immutable;

namespace Gaib.Domain.Governance;

/// <summary>What an account has from the start.</summary>
/// <param name="Account">The account.</param>
/// <param name="Amount">Base units; never 0.</param>
[GenerateSerializer, Immutable]
public readonly record struct Allocation([property: Id(0)] Address Account, [property: Id(1)] UInt128 Amount);

/// <summary>A GPU class of the network.</summary>
/// <param name="Name">Short and unique, such as <c>cpu-small</c>.</param>
/// <param name="MacsPerMs">Multiply-accumulates that the class's reference device does in a millisecond: the unit of verified time.</param>
/// <param name="RateAtTarget">The rate at target utilisation on the first day, base units per verified second, Q32.</param>
/// <param name="RateMin">The least rate at target, Q32.</param>
/// <param name="RateMax">The greatest rate at target, Q32.</param>
[GenerateSerializer, Immutable]
public sealed record GenesisClass(
    [property: Id(0)] string Name,
    [property: Id(1)] UInt128 MacsPerMs,
    [property: Id(2)] UInt128 RateAtTarget,
    [property: Id(3)] UInt128 RateMin,
    [property: Id(4)] UInt128 RateMax);

/// <summary>
/// How a network began. Its hash is the salt of every signing domain, so that no signature is valid on another network, and part of
/// every id.
/// </summary>
/// <param name="Network">The network's name.</param>
/// <param name="ChainId">The EVM chain that settlements go to.</param>
/// <param name="VerifyingContract">The settlement contract there; zero while there is none.</param>
/// <param name="StartsAt">Unix milliseconds of the runtime's clock.</param>
/// <param name="Allocations">Who has what; by account.</param>
/// <param name="BeaconTip">Tip of the operator's hash chain.</param>
/// <param name="Classes">GPU classes, by name (ordinal).</param>
/// <param name="Settlers">Whose signatures make a voucher, ascending.</param>
/// <param name="SettlerThreshold">How many of them a voucher needs.</param>
/// <param name="Parameters">The parameters in force from sequence 0.</param>
[GenerateSerializer, Immutable]
public sealed record Genesis(
    [property: Id(0)] string Network,
    [property: Id(1)] ulong ChainId,
    [property: Id(2)] Address VerifyingContract,
    [property: Id(3)] long StartsAt,
    [property: Id(4)] ImmutableArray<Allocation> Allocations,
    [property: Id(5)] Hash32 BeaconTip,
    [property: Id(6)] ImmutableArray<GenesisClass> Classes,
    [property: Id(7)] ImmutableArray<Address> Settlers,
    [property: Id(8)] uint SettlerThreshold,
    [property: Id(9)] Parameters Parameters)
{
    /// <summary>The version of the record's form.</summary>
    public const int RecordVersion = 1;

    /// <summary>All of GAIB together stays below this many base units, so that every pool of stakers fits its weight limit.</summary>
    public const ulong SupplyLimit = 1UL << 63;

    /// <summary>
    /// keccak256 over the words: version, keccak256(network), chainId, verifyingContract, startsAt, count of the allocations and for each
    /// account and amount, beaconTip, count of the classes and for each keccak256(name), macsPerMs, rateAtTarget, rateMin, rateMax,
    /// count of the settlers and each one, settlerThreshold, hash of the parameters.
    /// </summary>
    public Hash32 Hash()
    {
        var words = new AbiWriter(64).UInt(RecordVersion).Utf8(Network).UInt(ChainId).Address(VerifyingContract).Int(StartsAt);
        words.UInt((uint)Allocations.Length);
        foreach (var allocation in Allocations)
        {
            words.Address(allocation.Account).UInt(allocation.Amount);
        }

        words.Hash(BeaconTip).UInt((uint)Classes.Length);
        foreach (var one in Classes)
        {
            words.Utf8(one.Name).UInt(one.MacsPerMs).UInt(one.RateAtTarget).UInt(one.RateMin).UInt(one.RateMax);
        }

        words.UInt((uint)Settlers.Length);
        foreach (var settler in Settlers)
        {
            words.Address(settler);
        }

        return words.UInt(SettlerThreshold).Hash(Parameters.Hash()).Hash();
    }

    /// <summary>Null when the genesis can start a network, else <see cref="Reason.FieldOutOfRange"/> naming the first wrong field.</summary>
    public Rejection? Check() =>
        Wrong(Network.Length is 0 or > 64, "network")
        ?? Wrong(!Rises(Allocations.Select(a => a.Account)) || Allocations.Any(a => a.Amount == 0), "allocations")
        ?? Wrong(Supply() >= SupplyLimit, "supply")
        ?? Wrong(BeaconTip.IsZero, "beaconTip")
        ?? Wrong(!Classes.Select(c => c.Name).SequenceEqual(
            Classes.Select(c => c.Name).Distinct().Order(StringComparer.Ordinal)), "classes")
        ?? Wrong(Classes.Any(c => c.MacsPerMs == 0 || c.RateMin > c.RateAtTarget || c.RateAtTarget > c.RateMax), "classes")
        ?? Wrong(!Rises(Settlers), "settlers")
        ?? Wrong(SettlerThreshold is 0 || SettlerThreshold > Settlers.Length, "settlerThreshold")
        ?? Parameters.Check();

    private UInt128 Supply()
    {
        UInt128 supply = 0;
        foreach (var allocation in Allocations)
        {
            // An amount above the limit is wrong by itself; cutting it there keeps the sum from overflowing.
            supply += UInt128.Min(allocation.Amount, SupplyLimit);
        }

        return supply;
    }

    private static bool Rises(IEnumerable<Address> accounts)
    {
        var last = Address.Zero;
        foreach (var account in accounts)
        {
            if (account <= last)
            {
                return false;
            }

            last = account;
        }

        return true;
    }

    private static Rejection? Wrong(bool isWrong, string field) =>
        isWrong ? new Rejection(Reason.FieldOutOfRange, Subject: field) : null;
}
