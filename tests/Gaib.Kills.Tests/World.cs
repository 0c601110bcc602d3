using System.Numerics;
using Gaib.Abstractions.Money;
using Gaib.Domain.Money;
using Gaib.Kills.Tests.Load;
using Gaib.Kills.Tests.Node;

namespace Gaib.Kills.Tests;

/// <summary>How one life ends.</summary>
/// <param name="Point">The named point at which the process kills itself; empty when it is killed from outside.</param>
/// <param name="Occurrence">At which occurrence of the point.</param>
/// <param name="WhileStarting">True: killed some time after the first question; false: some time after all was checked.</param>
/// <param name="After">How long after.</param>
internal sealed record Death(string Point, int Occurrence, bool WhileStarting = false, TimeSpan After = default);

/// <summary>One folder through many lives of a node, and the callers who outlive them all.</summary>
/// <param name="folder">For all that outlives a process.</param>
/// <param name="seed">Draws what the callers ask.</param>
internal sealed class World(string folder, int seed)
{
    private const int PayCallers = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CommandCaller _commands = new();
    private readonly PoolCaller _pool = new();
    private readonly CollectCaller _collects = new();
    private readonly TimedCaller _timed = new();
    private readonly PayCaller[] _payers = [.. Enumerable.Range(0, PayCallers).Select(i => new PayCaller(i))];
    private int _started;

    public string Books => Path.Combine(folder, "books");

    /// <summary>How many lives came to the end of their first check.</summary>
    public int Checked { get; private set; }

    public CommandCaller Commands => _commands;

    /// <summary>How many transfers were applied, those of the book itself included.</summary>
    public ulong Applied => Callers.Aggregate(_timed.Reserved, (sum, caller) => sum + caller.Holdings.Applied);

    private IEnumerable<Caller> Callers => [_commands, _pool, _collects, _timed, .. _payers];

    public NodeProcess Start(Death death) =>
        NodeProcess.Start(new ServedNodeSettings(Books, Path.Combine(folder, $"scratch-{_started++}"), death.Point, death.Occurrence));

    /// <summary>A whole life that nothing disturbs: what is to be answered is asked, all is checked, and it is left to end by itself.</summary>
    public async Task LiveAsync(NodeProcess node)
    {
        await using (var life = await Life.ConnectAsync(node))
        {
            await BeginAsync(life);
        }

        Assert.True(await node.StopAsync() == 0, node.Errors);
        Look(node);
    }

    /// <summary>A life that ends with a kill: everybody asks as much as they can, until it strikes.</summary>
    public async Task LiveAsync(NodeProcess node, Death death)
    {
        await using var life = await Life.ConnectAsync(node);
        var begun = new TaskCompletionSource();
        var killing = KillAsync(node, death, begun.Task);
        try
        {
            await BeginAsync(life);
            begun.SetResult();
            await Task.WhenAll(Callers.Select((caller, i) => AskUntilDeathAsync(caller, life, new Random((seed * 1_000) + (100 * _started) + i))));
        }
        catch (NodeDiedException)
        {
            begun.TrySetResult();
        }

        await killing;
        Assert.Equal(137, await node.Died.WaitAsync(Patience));
        Assert.Equal(death.Point.Length > 0 ? death.Point : null, node.Struck);
        Look(node);
    }

    /// <summary>The rows of all frames, read beside no node: each id once, chains whole, nothing more and nothing less than was answered.</summary>
    public void CheckJournal()
    {
        var journal = new JournalReading(Books);
        Assert.Equal(Applied, journal.Applied);
        Assert.Equal(_commands.Accepted, journal.Commands);
        Assert.True(journal.Segments > 4, $"{journal.Segments} segments");
        Assert.Empty(journal.Unfinished);
    }

    private static async Task KillAsync(NodeProcess node, Death death, Task begun)
    {
        if (death.Point.Length == 0)
        {
            await (death.WhileStarting ? Task.CompletedTask : begun);
            await Task.WhenAny(Task.Delay(death.After), node.Died);
            node.Kill();
        }
    }

    private static async Task AskUntilDeathAsync(Caller caller, Life life, Random random)
    {
        try
        {
            while (!life.IsOver)
            {
                await caller.AskAsync(life, random);
            }
        }
        catch (NodeDiedException)
        {
            // What was not answered is asked again in the next life.
        }
    }

    /// <summary>Everybody asks once, one after the other.</summary>
    public async Task AskAllAsync(Life life, Random random)
    {
        foreach (var caller in Callers)
        {
            await caller.AskAsync(life, random);
        }
    }

    /// <summary>What was not answered is asked again, what was answered is asked again too, and all is compared.</summary>
    public async Task BeginAsync(Life life)
    {
        foreach (var caller in Callers)
        {
            await caller.OpenAsync(life);
        }

        if (_pool.Holdings.Applied == 0)
        {
            // Both assets are issued whole before anybody feeds a pool.
            await _pool.AskAsync(life, new Random(seed));
            await _collects.AskAsync(life, new Random(seed));
        }

        foreach (var caller in Callers)
        {
            await caller.AskAgainAsync(life);
        }

        await CheckAsync(life);
        Checked++;
    }

    private async Task CheckAsync(Life life)
    {
        while (TimedCaller.Now <= _timed.LastExpiry)
        {
            // The book lets expire what is due when it is asked next.
            await Task.Yield();
        }

        await _commands.OpenAsync(life);
        await CheckBalancesAsync(life);
        Assert.Null(await life.AskAsync(book => book.Audit()));
        Assert.Equal(Applied, await life.AskAsync(book => book.GetSequence()));
        Assert.Equal(_commands.Accepted, (await life.AskAsync(book => book.GetLastNote(CommandCaller.Stream))).Count);
        if (_commands.LastRefused is { } refused)
        {
            Assert.Null(await life.AskAsync(book => book.GetCommandSequence(refused)));
        }

        await CheckOwnPoolAsync(life);
        await CheckSharedPoolAsync(life);
    }

    private async Task CheckBalancesAsync(Life life)
    {
        var expected = Callers.SelectMany(caller => caller.Holdings.All).Where(row => row.Value != default)
            .GroupBy(row => row.Key, row => row.Value).ToDictionary(rows => rows.Key, rows => rows.Aggregate((a, b) => a + b));
        var actual = new Dictionary<(AccountId, AssetId), Held>();
        foreach (var kind in new[] { AccountKind.Person, AccountKind.Pool, AccountKind.Issuance })
        {
            foreach (var asset in new[] { AssetId.Gaib, Names.Asset(Names.Own).Asset, Names.Asset(Names.Shared).Asset })
            {
                foreach (var (account, balance) in await life.AskAsync(book => book.GetBalances(kind, asset)))
                {
                    var held = new Held(balance.CreditsPosted, balance.DebitsPosted, balance.CreditsPending, balance.DebitsPending);
                    actual.Add((account, asset), held);
                }
            }
        }

        foreach (var key in expected.Keys.Union(actual.Keys))
        {
            Assert.True(
                expected.GetValueOrDefault(key) == actual.GetValueOrDefault(key),
                $"{key}: {actual.GetValueOrDefault(key)}, not {expected.GetValueOrDefault(key)}");
        }

        foreach (var asset in actual.GroupBy(row => row.Key.Item2))
        {
            Assert.Equal(BigInteger.Zero, asset.Aggregate(BigInteger.Zero, (sum, row) => sum + row.Value.In - row.Value.Out));
        }
    }

    private async Task CheckOwnPoolAsync(Life life)
    {
        var view = await life.AskAsync(book => book.GetPool(Names.Pool(Names.Own)));
        Assert.Equal(_pool.Prediction.Fed, view.State.Fed);
        Assert.Equal(_pool.Prediction.Members.Order(), view.Members.Select(member => member.Key));
        Assert.All(view.Members, member => Assert.Equal(
            _pool.Prediction.Settled(member.Key), (member.Value.Weight, member.Value.Accrued, member.Value.Collected)));
    }

    private async Task CheckSharedPoolAsync(Life life)
    {
        var fed = _payers.Aggregate(BigInteger.Zero, (sum, payer) => sum + payer.Holdings.Of(Names.Pool(Names.Shared), AssetId.Gaib).In);
        var view = await life.AskAsync(book => book.GetPool(Names.Pool(Names.Shared)));
        Assert.Equal(fed, view.State.Fed);
        Assert.Equal(CollectCaller.AllMembers.Order(), view.Members.Select(member => member.Key));
        foreach (var (member, i) in CollectCaller.AllMembers.Select((member, i) => (member, i)))
        {
            var state = view.Members.Single(row => row.Key == member).Value;
            var weight = (BigInteger)CollectCaller.WeightOf(i);
            Assert.Equal((weight, (weight * PoolPrediction.PerUnit(fed)) >> 64), (state.Weight, state.Accrued));
            Assert.Equal(_collects.Collected.GetValueOrDefault(member), state.Collected);
        }
    }

    /// <summary>What a node says on standard error is what it mended, and nothing else.</summary>
    private static void Look(NodeProcess node) => Assert.All(
        node.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        line => Assert.Contains("was cut off at offset", line, StringComparison.Ordinal));
}
