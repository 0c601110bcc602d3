using System.CommandLine;
using System.Globalization;
using Gaib.Bench.Hosting;
using Gaib.Bench.Money;
using Gaib.Bench.Rows;

var isShort = new Option<bool>("--short") { Description = "Fewer and shorter rounds, smaller sizes: to see that it works." };
var format = new Option<string>("--format") { Description = "text, or json for programs.", DefaultValueFactory = _ => "text" }.AcceptOnlyFromAmong("text", "json");
var only = new Option<string[]>("--only") { Description = "Only these rows; all when left out.", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong([.. LedgerBench.Names]);
var batches = new Option<int[]>("--batch") { Description = "Only these batch sizes of transfers and hot; all when left out.", AllowMultipleArgumentsPerToken = true };
batches.AcceptOnlyFromAmong([.. TransferRows.Batches.Select(batch => batch.ToString(CultureInfo.InvariantCulture))]);
var noPeer = new Option<bool>("--no-peer") { Description = "Leaves PostgreSQL and Orleans.Transactions out." };

var ledger = new Command("ledger", "Every figure of the ledger, beside PostgreSQL 15 and Orleans.Transactions in the same run.") { isShort, format, only, batches, noPeer };
ledger.SetAction((parsed, _) =>
{
    var (withPeer, sizes) = (!parsed.GetValue(noPeer), parsed.GetValue(batches) is { Length: > 0 } some ? some : TransferRows.Batches);
    return LedgerBench.RunAsync(
        parsed.GetValue(isShort)
            ? new LedgerScale(Rounds: 3, Seconds: 1, TrySeconds: 0.4, IsShort: true, withPeer, sizes)
            : new LedgerScale(Rounds: 5, Seconds: 4, TrySeconds: 1.5, IsShort: false, withPeer, sizes),
        parsed.GetValue(only) ?? [],
        parsed.GetValue(format) == "json",
        $"dotnet run -c Release --project bench/Gaib.Bench -- {string.Join(' ', args)}");
});

var book = new Command("book", "What one book does in memory and with its journal, in one process.") { isShort };
book.SetAction(parsed => BookBench.Run(parsed.GetValue(isShort)));

var place = new Argument<string>("place");
Command Served(string name, Func<string, Task> serve)
{
    var command = new Command(name, "A silo that the others measure.") { place };
    command.Hidden = true;
    command.SetAction((parsed, _) => serve(parsed.GetValue(place)!));
    return command;
}

return await new RootCommand("Measures Gaib.")
{
    ledger, book, Served(ServedSilo.Gaib, ServedSilo.GaibAsync), Served(ServedSilo.Transactions, ServedSilo.TransactionsAsync),
    Served(ServedSilo.PostgresTransactions, ServedSilo.PostgresTransactionsAsync),
}.Parse(args).InvokeAsync();
