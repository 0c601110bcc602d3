using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Training;
using Gaib.Silo.Export;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Gaib.Cli.Demo;

/// <summary>A contributor's row: what it brought, what that was worth, what it earned.</summary>
internal sealed record ContributorRow(string Name, string Role, string Account, int Samples, string Value, string Shares, string Earned);

/// <summary>A host's row.</summary>
internal sealed record HostRow(string Name, string Role, string Account, string VerifiedMs, string Earned);

/// <summary>What this process really executed, as opposed to remembered.</summary>
internal sealed record ExecutedRow(long Trained, long Replayed, long Calls, long Rows);

/// <summary>The demo's result, read from the node's grains alone, so that a resumed demo reports the same.</summary>
internal sealed record DemoReport(
    decimal Accuracy,
    decimal LossBefore,
    decimal LossAfter,
    string WeightsHash,
    long Inferences,
    string FeesPaid,
    string ProtocolFee,
    IReadOnlyList<ContributorRow> Contributors,
    IReadOnlyList<HostRow> Hosts,
    string ExportDir,
    ulong Seed,
    ExecutedRow Executed)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public static async Task<DemoReport> MakeAsync(DemoRunner demo, string exportDir)
    {
        var run = (await demo.Grains.Get<ITrainingRunGrain>(demo.Run).Get())!;
        var sales = (await demo.Grains.Get<ISessionGrain>(demo.Session).GetLedger())!;
        var counters = demo.Node.Services.GetRequiredService<WorkCounters>();
        var test = new DemoTest(demo, run);
        return new DemoReport(
            await test.AccuracyAsync(),
            await test.LossAsync(run.Spec.InitialWeights),
            await test.LossAsync(run.Weights),
            run.Weights.ToString(),
            (long)(sales.Session.Fees / sales.Price.UnitPrice),
            Text(sales.Session.Fees),
            Text(await ProtocolFeeAsync(demo, sales)),
            await ContributorsAsync(demo, run),
            await HostsAsync(demo),
            Path.GetFullPath(exportDir),
            demo.Scenario.Seed,
            new ExecutedRow(counters.Trained, counters.Replayed, counters.Served, counters.Rows));
    }

    /// <summary>Writes the export, burning all held-back parts: nothing of the demo is ever used again.</summary>
    public static Task ExportAsync(DemoRunner demo, string exportDir) => EconomyExport.WriteAsync(
        demo.Node, exportDir, new HashSet<HeldBackKind> { HeldBackKind.Door, HeldBackKind.Round, HeldBackKind.Test });

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public void Show(DemoView view)
    {
        view.Chapter("Result");
        view.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"accuracy on the test part {Accuracy:P2}, mean loss {LossBefore:F4} before and {LossAfter:F4} after, {Inferences} inferences for {Coins(FeesPaid)} GAIB"));
        var contributors = new Table().AddColumns("contributor", "role", "samples", "value", "shares", "earned (GAIB)");
        foreach (var row in Contributors)
        {
            contributors.AddRow(row.Name, row.Role, row.Samples.ToString(CultureInfo.InvariantCulture), row.Value, row.Shares, Coins(row.Earned));
        }

        view.Show(contributors);
        var hosts = new Table().AddColumns("host", "role", "verified ms", "earned (GAIB)");
        foreach (var row in Hosts)
        {
            hosts.AddRow(row.Name, row.Role, row.VerifiedMs, Coins(row.Earned));
        }

        view.Show(hosts);
    }

    /// <summary>The protocol's part of every receipt. The treasury holds more: it also takes fees of leases, and forfeits.</summary>
    private static async Task<UInt128> ProtocolFeeAsync(DemoRunner demo, SessionLedger sales)
    {
        var (sum, remainder) = (UInt128.Zero, 0UL);
        foreach (var call in await demo.Grains.Get<ISessionGrain>(demo.Session).ReadServed(0, int.MaxValue))
        {
            var split = FeeRule.Split(sales.Price, call.Receipt.Units, demo.Node.Network.Parameters.ProtocolFeePpm, remainder);
            (sum, remainder) = (checked(sum + split.Protocol), split.Remainder);
        }

        return sum;
    }

    private static string Coins(string units) => DemoRunner.Coins(UInt128.Parse(units, CultureInfo.InvariantCulture));

    private static string Text(UInt128 value) => value.ToString(CultureInfo.InvariantCulture);

    private static async Task<List<ContributorRow>> ContributorsAsync(DemoRunner demo, TrainingRun run)
    {
        var rows = new List<ContributorRow>();
        var issue = (await demo.Grains.Get<IModelGrain>(demo.Model).Get())!.State.Issue!.UnitsByAccount();
        foreach (var person in demo.Scenario.People.Contributors)
        {
            var dataset = Ids.Derive(demo.Network, "dataset", person.Account, 1);
            var value = (await demo.Grains.Get<IDatasetGrain>(dataset).Get())!.Dataset.Value!;
            var at = run.Spec.Contributors.IndexOf(person.Account);
            var attributed = at < 0 ? Int128.Zero : run.Closed.Where(r => !r.Attribution.IsEmpty).Aggregate(Int128.Zero, (sum, r) => sum + r.Attribution[at]);
            rows.Add(new ContributorRow(
                person.Name,
                person.RoleName,
                person.Account.ToString(),
                demo.Data.Of(person).Length,
                attributed.ToString(CultureInfo.InvariantCulture),
                issue.GetValueOrDefault(person.Account).ToString(CultureInfo.InvariantCulture),
                Text(value.Bounty + await PoolIncomeAsync(demo, person.Account))));
        }

        return rows;
    }

    private static async Task<List<HostRow>> HostsAsync(DemoRunner demo)
    {
        var rows = new List<HostRow>();
        foreach (var host in demo.Scenario.People.Hosts)
        {
            var market = await demo.Grains.GetGrain<IMarketGrain>(DemoScenario.GpuClass).Advance();
            var (ms, paid) = (UInt128.Zero, UInt128.Zero);
            foreach (var id in market.Market.Orders.Values.SelectMany(order => order.Leases))
            {
                if (await demo.Grains.Get<ILeaseGrain>(id).Get() is { } lease && lease.Terms.Host == host.Account)
                {
                    (ms, paid) = (ms + lease.VerifiedMs, paid + lease.Paid);
                }
            }

            var fees = (await demo.Grains.Get<IHostGrain>(host.Account).GetEpochs())
                .SelectMany(epoch => epoch.Verdict.Payments)
                .Where(payment => payment.Kind == HeldFeeKind.Release)
                .Aggregate(UInt128.Zero, (sum, payment) => sum + payment.Amount);
            var earned = paid + fees + await PoolIncomeAsync(demo, host.Account);
            rows.Add(new HostRow(host.Name, host.RoleName, host.Account.ToString(), Text(ms), Text(earned)));
        }

        return rows;
    }

    /// <summary>All that the pools ever credited to an account.</summary>
    private static async Task<UInt128> PoolIncomeAsync(DemoRunner demo, Address account)
    {
        var book = demo.Grains.GetGrain<IBookGrain>(0);
        var sum = UInt128.Zero;
        foreach (var pool in await book.GetPoolsOf(AccountId.Person(account)))
        {
            sum += (await book.GetPoolMember(pool, AccountId.Person(account))).Accrued;
        }

        return sum;
    }
}
