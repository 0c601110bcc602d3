using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Governance;

/// <summary>network.json.</summary>
internal sealed record NetworkFile(
    LineAt At,
    long ExportedAt,
    string Network,
    ulong ChainId,
    Address VerifyingContract,
    long StartsAt,
    Hash32 GenesisHash,
    Hash32 BeaconTip,
    ImmutableArray<Allocation> Allocations,
    ImmutableArray<GenesisClass> Classes,
    ImmutableArray<Address> Settlers,
    uint SettlerThreshold,
    ImmutableArray<ParametersLine> Parameters,
    DomainLine Commands,
    DomainLine Settlement,
    ImmutableArray<KeyValuePair<string, uint>> Rules)
{
    public static NetworkFile Read(JsonLine line)
    {
        var exportedAt = line.Int64("exportedAt");
        var (network, chain, contract, startsAt) = (line.Text("network"), line.UInt64("chainId"), line.Person("verifyingContract"), line.Int64("startsAt"));
        var (hash, tip) = (line.Hash("genesisHash"), line.Hash("beaconTip"));
        var allocations = line.List("allocations", one => new Allocation(one.Person("account"), one.Amount("amount")));
        var classes = line.List("classes", one => new GenesisClass(
            one.Text("name"), one.Amount("macsPerMs"), one.Amount("rateAtTarget"), one.Amount("rateMin"), one.Amount("rateMax")));
        var (settlers, threshold) = (line.People("settlers"), line.UInt32("settlerThreshold"));
        var parameters = line.List("parameters", ParametersLine.Read);
        var domains = line.Object("domains", both => (
            Commands: both.Object("commands", one => DomainLine.Read(one, hasContract: false)),
            Settlement: both.Object("settlement", one => DomainLine.Read(one, hasContract: true))));
        var rules = line.Object("rules", one => one.Counts());
        return new NetworkFile(
            line.At, exportedAt, network, chain, contract, startsAt, hash, tip, allocations, classes, settlers, threshold, parameters,
            domains.Commands, domains.Settlement, rules);
    }
}

/// <summary>One entry of <c>parameters</c>.</summary>
internal sealed record ParametersLine(ulong FromSequence, ImmutableArray<KeyValuePair<string, string>> Values)
{
    public static ParametersLine Read(JsonLine line) => new(line.UInt64("fromSequence"), line.Texts());
}

/// <summary>One entry of <c>domains</c>: the last member is the salt of commands and the contract of settlements.</summary>
internal sealed record DomainLine(string Name, string Version, ulong ChainId, Hash32 Salt, Address VerifyingContract)
{
    public static DomainLine Read(JsonLine line, bool hasContract) => new(
        line.Text("name"),
        line.Text("version"),
        line.UInt64("chainId"),
        hasContract ? default : line.Hash("salt"),
        hasContract ? line.Person("verifyingContract") : default);
}
