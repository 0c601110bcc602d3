using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class ContributionWindowTests
{
    private static readonly Hash32 Job = Keccak.HashUtf8("job");
    private static readonly ContributionWindow Open = ContributionWindow.Open(Job, 1000);

    [Fact]
    public void Decide_ThreeContributors_GetAscendingOrder()
    {
        var window = Open;
        foreach (var name in new[] { "alice", "bob", "carol" })
        {
            window = ContributionWindow.Evolve(window, ContributionWindow.Decide(window, ManifestOf(name), 500).Value);
        }

        Assert.Equal([0UL, 1UL, 2UL], new[] { "alice", "bob", "carol" }.Select(name => window.Entries[AccountOf(name)].Order));
    }

    [Fact]
    public void Decide_SameManifestAgain_GetsItsFirstPlaceEvenAfterClosing()
    {
        var first = ContributionWindow.Decide(Open, ManifestOf("alice"), 500).Value;
        var window = ContributionWindow.Evolve(Open, first);
        Assert.Equal(first, ContributionWindow.Decide(window, ManifestOf("alice"), 5000).Value);
        Assert.Equal(window.Entries, ContributionWindow.Evolve(window, first).Entries);
    }

    [Fact]
    public void Decide_AnotherManifestOfTheSameContributor_IsRefused()
    {
        var window = ContributionWindow.Evolve(Open, ContributionWindow.Decide(Open, ManifestOf("alice"), 500).Value);
        var other = ManifestOf("alice") with { Chunks = 2 };
        Assert.Equal(Reason.AlreadyContributed, ContributionWindow.Decide(window, other, 500).Rejection?.Reason);
    }

    [Fact]
    public void Decide_AtClosingTimeOrForAnotherJob_IsRefused()
    {
        Assert.True(ContributionWindow.Decide(Open, ManifestOf("alice"), 999).Accepted);
        Assert.Equal(
            new Rejection(Reason.ContributionsClosed, 1000, 1000),
            ContributionWindow.Decide(Open, ManifestOf("alice"), 1000).Rejection);
        Assert.Equal(
            new Rejection(Reason.FieldOutOfRange, Subject: "job"),
            ContributionWindow.Decide(Open, ManifestOf("alice") with { Job = Hash32.Zero }, 500).Rejection);
    }

    [Fact]
    public void Close_InTime_GivesTheRootOfTheCommitmentsOnce()
    {
        var window = ContributionWindow.Evolve(Open, ContributionWindow.Decide(Open, ManifestOf("alice"), 500).Value);
        Assert.Equal(Reason.WrongState, ContributionWindow.Close(window, 999).Rejection?.Reason);
        var closed = ContributionWindow.Close(window, 1000).Value;
        Assert.Equal(Beacon.CommitmentsRoot([ManifestOf("alice").StructHash()]), closed.CommitmentsRoot);
        window = ContributionWindow.Evolve(window, closed);
        Assert.True(window.Closed);
        Assert.Equal(Reason.WrongState, ContributionWindow.Close(window, 1000).Rejection?.Reason);
        Assert.Equal(Reason.ContributionsClosed, ContributionWindow.Decide(window, ManifestOf("bob"), 500).Rejection?.Reason);
    }

    private static Address AccountOf(string name) => Address.FromHash(Keccak.HashUtf8(name));

    private static Manifest ManifestOf(string name) => new(AccountOf(name), Job, Keccak.HashUtf8(name), 1, 71, "CC0-1.0", 9000, 1, 800);
}
