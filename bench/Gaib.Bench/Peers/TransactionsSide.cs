using System.Globalization;
using Gaib.Bench.Hosting;
using Gaib.Bench.Money;
using Gaib.Bench.Rows;
using Orleans.Concurrency;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Gaib.Bench.Peers;

/// <summary>What an account of <see cref="TransactionsSide"/> has.</summary>
[GenerateSerializer]
internal sealed class AccountOfTransactions
{
    /// <summary>Base units that left.</summary>
    [Id(0)] public long Debits { get; set; }

    /// <summary>Base units that arrived.</summary>
    [Id(1)] public long Credits { get; set; }
}

/// <summary>An account with a transactional state.</summary>
internal interface IAccountOfTransactions : IGrainWithIntegerKey
{
    /// <summary>Takes base units out; throws where there are not so many, which ends the transaction.</summary>
    [Transaction(TransactionOption.Join)]
    Task Debit(long amount);

    /// <summary>Puts base units in.</summary>
    [Transaction(TransactionOption.Join)]
    Task Credit(long amount);

    /// <summary>Reads.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> GetBalance();
}

/// <summary>Moves from one account to another in a transaction of its own.</summary>
internal interface ITransferOfTransactions : IGrainWithIntegerKey
{
    /// <summary>Both or none; answered when both are stored.</summary>
    [Transaction(TransactionOption.Create)]
    Task Transfer(int from, int to, long amount);
}

/// <inheritdoc cref="IAccountOfTransactions"/>
[Reentrant]
internal sealed class AccountOfTransactionsGrain(
    [TransactionalState("account")] ITransactionalState<AccountOfTransactions> state) : Grain, IAccountOfTransactions
{
    public Task Debit(long amount) => state.PerformUpdate(account =>
    {
        if (Workload.Funds + account.Credits - account.Debits < amount)
        {
            throw new InvalidOperationException("Insufficient funds.");
        }

        account.Debits += amount;
    });

    public Task Credit(long amount) => state.PerformUpdate(account =>
    {
        account.Credits += amount;
    });

    public Task<long> GetBalance() => state.PerformRead(account => Workload.Funds + account.Credits - account.Debits);
}

/// <inheritdoc cref="ITransferOfTransactions"/>
[StatelessWorker]
internal sealed class TransferOfTransactionsGrain : Grain, ITransferOfTransactions
{
    public async Task Transfer(int from, int to, long amount)
    {
        var (debit, credit) = (GrainFactory.GetGrain<IAccountOfTransactions>(from), GrainFactory.GetGrain<IAccountOfTransactions>(to));

        // Accounts are locked in the order of their numbers: two transactions that wait for each other would wait until they time out.
        await (from < to ? debit.Debit(amount) : credit.Credit(amount));
        await (from < to ? credit.Credit(amount) : debit.Debit(amount));
    }
}

/// <summary>
/// The second peer: Orleans' own transactions over two accounts. A transfer has no id and leaves no record of its own there, so that it does
/// less than ours.
/// </summary>
internal sealed class TransactionsSide : IAsyncDisposable
{
    private static readonly int[] CallersTried = [64, 512];

    private readonly ChildSilo _silo;
    private readonly string _storage;
    private int _callers;
    private long _aborted;

    private TransactionsSide(ChildSilo silo, string storage) => (_silo, _storage) = (silo, storage);

    /// <summary>What it is, over which storage, and how it is driven.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"Orleans.Transactions 10.4.2 over {_storage}, {_callers} callers");

    /// <summary>Tries our storage on the local disk and the official one in PostgreSQL, few callers and many, and keeps the fastest.</summary>
    /// <param name="folder">A folder that does not exist yet.</param>
    /// <param name="postgres">A server.</param>
    /// <param name="seconds">How long each is tried.</param>
    public static async Task<TransactionsSide> StartFastestAsync(string folder, PostgresSide postgres, double seconds)
    {
        TransactionsSide[] sides =
        [
            new(await ChildSilo.StartAsync(ServedSilo.Transactions, folder), "our local grain storage"),
            new(await ChildSilo.StartAsync(ServedSilo.PostgresTransactions, postgres.ConnectionOf(40)), "its ADO.NET grain storage in PostgreSQL 15"),
        ];
        var best = new List<double>();
        foreach (var side in sides)
        {
            best.Add(await side.ChooseCallersAsync(seconds));
        }

        var fastest = best[0] >= best[1] ? 0 : 1;
        await sides[1 - fastest].CheckAsync();
        await sides[1 - fastest].DisposeAsync();
        return sides[fastest];
    }

    /// <summary>Transfers a second, one at a time from each caller. An aborted transaction is not counted; its caller goes on.</summary>
    public async Task<double> RateAsync(double seconds)
    {
        var (rate, _) = await ClosedLoop.RunAsync([.. Enumerable.Range(0, _callers).Select(Caller)], seconds);
        return rate;
    }

    /// <summary>Nothing came or went.</summary>
    /// <exception cref="InvalidOperationException">It did.</exception>
    public async Task CheckAsync()
    {
        var sum = 0L;
        foreach (var chunk in Enumerable.Range(0, Workload.Accounts).Chunk(100))
        {
            sum += (await Task.WhenAll(chunk.Select(number => _silo.Grains.GetGrain<IAccountOfTransactions>(number).GetBalance()))).Sum();
        }

        if (sum != Workload.Funds * Workload.Accounts)
        {
            throw new InvalidOperationException($"Orleans.Transactions: {sum} base units are there, and {Workload.Funds * Workload.Accounts} were.");
        }
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private async Task<double> ChooseCallersAsync(double seconds)
    {
        // Every account is activated before it counts.
        await CheckAsync();
        var (most, chosen) = (-1.0, 0);
        foreach (var callers in CallersTried)
        {
            _callers = callers;
            await RateAsync(seconds);
            _aborted = 0;
            var rate = await RateAsync(2 * seconds);
            LedgerWorld.Say(string.Create(CultureInfo.InvariantCulture, $"tried {Name}: {rate:N0} /s, {_aborted} aborted"));
            (most, chosen) = rate > most ? (rate, callers) : (most, chosen);
        }

        _callers = chosen;
        return most;
    }

    private Func<Task<int>> Caller(int caller)
    {
        var workload = new Workload(caller, isHot: false);
        var transfers = _silo.Grains.GetGrain<ITransferOfTransactions>(0);
        return async () =>
        {
            var (from, to) = workload.Next();
            try
            {
                await transfers.Transfer(from, to, 1);
                return 1;
            }
            catch (OrleansTransactionAbortedException)
            {
                Interlocked.Increment(ref _aborted);
                return 0;
            }
        };
    }
}
