using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Cli.Demo;
using Gaib.Client;
using Gaib.Client.Models;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Silo;

namespace Gaib.EndToEnd.Tests;

/// <summary>An app that comes back to its open session.</summary>
public sealed class SessionHandleTests(FinishedDemo finished)
{
    private const uint Rows = 3;

    [Fact]
    public async Task Session_TakenUpAfterThePriceChanged_GoesOnByTheOldPrice()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var scenario = new DemoScenario(FinishedDemo.Seed, isShort: true);
        await using var node = await DemoNode.StartAsync(scenario, folder.Path, new LogicalClock(DemoScenario.At(9)));
        var (client, people) = (new GaibClient(node.Grains, node.Network), scenario.People);
        var model = Ids.Derive(node.Network.Id, "model", people.Developer.Account, 1);
        var open = new OpenSession(
            people.App.Account, model, people.SessionKey.Address, DemoScenario.SessionCap, DemoScenario.SessionWindow,
            DemoScenario.At(300), 77, DemoScenario.At(300));
        ImmutableArray<byte> rows = [.. new DemoData(scenario).Split.Test.Samples.Take((int)Rows).SelectMany(sample => sample.Features)];
        var first = (await SessionHandle.OpenAsync(client, open, people.App.Key, people.SessionKey)).Value;
        Assert.Equal(DemoScenario.UnitPrice * Rows, (await first.InferAsync(rows, Rows)).Value.Receipt.Fee);

        var dearer = new SetPrice(
            people.Developer.Account, model, 3 * DemoScenario.UnitPrice, DemoScenario.HostUnitFee, 77, DemoScenario.At(300));
        Assert.True((await node.Grains.Get<IModelGrain>(model).SetPrice(client.Sign(dearer, people.Developer.Key))).Accepted);

        var again = (await SessionHandle.OpenAsync(client, open, people.App.Key, people.SessionKey)).Value;
        Assert.Equal((1UL, DemoScenario.UnitPrice * Rows), (again.Calls, again.Spent));
        Assert.Equal(DemoScenario.UnitPrice * Rows, (await again.InferAsync(rows, Rows)).Value.Receipt.Fee);
        Assert.Null(await again.AcknowledgeAsync());

        var later = (await SessionHandle.OpenAsync(client, open with { Nonce = 78 }, people.App.Key, people.SessionKey)).Value;
        Assert.Equal(3 * DemoScenario.UnitPrice * Rows, (await later.InferAsync(rows, Rows)).Value.Receipt.Fee);
    }
}
