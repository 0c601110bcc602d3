using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Evm;

namespace Gaib.Cli.Demo;

/// <summary>What a participant of the demo is up to. The runtime is not told.</summary>
internal enum DemoRole
{
    Honest,
    Copier,
    NearCopier,
    Mislabeller,
    Noise,
    Cheat,
    Dying,
}

/// <summary>A participant: a name, a key, a role.</summary>
internal sealed record DemoPerson(string Name, PrivateKey Key, DemoRole Role)
{
    public Address Account => Key.Address;

    /// <summary>The role as the report prints it: camelCase.</summary>
    public string RoleName => char.ToLowerInvariant(Role.ToString()[0]) + Role.ToString()[1..];
}

/// <summary>Everybody in the demo. Keys and roles follow from the seed.</summary>
internal sealed class DemoPeople
{
    private static readonly string[] ContributorNames =
        ["ada", "alan", "barbara", "claude", "dorothy", "edsger", "frances", "grace", "hedy", "john", "katherine", "leslie"];

    private static readonly string[] HostNames = ["atlas", "boreas", "castor", "delos"];

    private readonly Hash32 _seed;

    public DemoPeople(Hash32 seed)
    {
        _seed = seed;
        (Developer, App, Investor) = (Person("developer"), Person("app"), Person("investor"));
        SessionKey = KeyOf("session");
        SettlerKeys = [KeyOf("settler-1"), KeyOf("settler-2"), KeyOf("settler-3")];
        Contributors = WithRoles(
            ContributorNames, "contributors", DemoRole.Mislabeller, DemoRole.Noise, DemoRole.Copier, DemoRole.NearCopier);
        Hosts = WithRoles(HostNames, "hosts", DemoRole.Cheat, DemoRole.Dying);
    }

    public DemoPerson Developer { get; }

    public DemoPerson App { get; }

    public DemoPerson Investor { get; }

    public PrivateKey SessionKey { get; }

    public IReadOnlyList<PrivateKey> SettlerKeys { get; }

    public IReadOnlyList<DemoPerson> Contributors { get; }

    public IReadOnlyList<DemoPerson> Hosts { get; }

    /// <summary>The order in which contributions are committed: copiers come after those whom they copy.</summary>
    public IEnumerable<DemoPerson> InOrderOfCommitment()
    {
        var order = Contributors.ToArray();
        KeccakStream.For(_seed, "gaib.demo.order").Shuffle<DemoPerson>(order);
        return order.OrderBy(person => person.Role is DemoRole.Copier or DemoRole.NearCopier);
    }

    /// <summary>A hash for one purpose of the scenario.</summary>
    public Hash32 Draw(string purpose) => new AbiWriter(3).Utf8("gaib.demo").Hash(_seed).Utf8(purpose).Hash();

    private PrivateKey KeyOf(string name) => PrivateKey.Derive(Draw("key:" + name));

    private DemoPerson Person(string name) => new(name, KeyOf(name), DemoRole.Honest);

    private DemoPerson[] WithRoles(string[] names, string purpose, params DemoRole[] roles)
    {
        var places = Enumerable.Range(0, names.Length).ToArray();
        KeccakStream.For(_seed, "gaib.demo." + purpose).Shuffle<int>(places);
        return [.. names.Select((name, i) => Person(name) with { Role = RoleAt(Array.IndexOf(places, i)) })];

        DemoRole RoleAt(int place) => place < roles.Length ? roles[place] : DemoRole.Honest;
    }
}
