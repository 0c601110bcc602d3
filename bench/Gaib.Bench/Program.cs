using System.CommandLine;
using Gaib.Bench.Money;

var isShort = new Option<bool>("--short") { Description = "Fewer and shorter rounds." };
var book = new Command("book", "What one book does in memory and with its journal, in one process.") { isShort };
book.SetAction(parsed => BookBench.Run(parsed.GetValue(isShort)));
var ledger = new Command("ledger", "Durable transfers, the silo in another process.") { isShort };
ledger.SetAction((parsed, _) => LedgerBench.RunAsync(parsed.GetValue(isShort)));
var folder = new Argument<string>("folder");
var serve = new Command("serve", "The silo that the others measure.") { folder };
serve.SetAction((parsed, _) => BookServer.RunAsync(parsed.GetValue(folder)!));
return await new RootCommand("Measures Gaib.") { book, ledger, serve }.Parse(args).InvokeAsync();
