using System.CommandLine;
using Gaib.Bench.Money;

var isShort = new Option<bool>("--short") { Description = "Fewer and shorter rounds." };
var ledger = new Command("book", "What one book does in memory and with its journal, in one process.") { isShort };
ledger.SetAction(parsed => BookBench.Run(parsed.GetValue(isShort)));
return new RootCommand("Measures Gaib.") { ledger }.Parse(args).Invoke();
