using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;
using Gaib.Verify.Money;

namespace Gaib.Verify.Compute;

/// <summary>Orders are what renters signed, leases are what the market's rule gives them.</summary>
internal static class MarketCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        CheckOrders(data, findings);
        foreach (var one in data.Network.Classes.Where(_ => !findings.Any))
        {
            var replay = MarketReplay.Of(data, one.Name, findings);
            CheckLeases(data, one.Name, replay, findings);
        }
    }

    private static void CheckOrders(ExportData data, Findings findings)
    {
        var signed = data.CommandsOf<Order>()
            .Select(command => (Id: Ids.Derive(data.Genesis, "order", command.Message.Renter, command.Message.Nonce), command.Line, command.Message))
            .ToDictionary(order => order.Id);
        var expected = data.Network.Classes
            .SelectMany(one => signed.Values.Where(order => order.Message.Class == one.Name).OrderBy(order => order.Id)).ToArray();
        for (var i = 0; i < expected.Length || i < data.Orders.Length; i++)
        {
            if (i >= expected.Length)
            {
                findings.Add(data.Orders[i].At, "order", "an order that a renter signed", data.Orders[i].Order.ToString());
            }
            else if (i >= data.Orders.Length)
            {
                findings.Add(expected[i].Line.At, "", "a line in orders.ndjson", "none");
            }
            else if (findings.Equal(data.Orders[i].At, "order", expected[i].Id, data.Orders[i].Order))
            {
                CheckOrder(data.Orders[i], expected[i].Message, findings);
                Expect(data, data.Orders[i], expected[i].Line);
            }
        }

        foreach (var stray in data.Leases.Where(lease => !signed.ContainsKey(lease.Terms.Order)))
        {
            findings.Add(stray.At, "order", "an order that a renter signed", stray.Terms.Order.ToString());
        }
    }

    private static void CheckOrder(OrderLine line, Order order, Findings findings)
    {
        findings.Equal(line.At, "renter", order.Renter, line.Renter);
        findings.Equal(line.At, "job", order.Job, line.Job);
        findings.Equal(line.At, "class", order.Class, line.Class);
        findings.Equal(line.At, "count", order.Count, line.Count);
        findings.Equal(line.At, "ceiling", order.Ceiling, line.Ceiling);
        findings.Equal(line.At, "cap", order.Cap, line.Cap);
        findings.Equal(line.At, "nonce", order.Nonce, line.Nonce);
    }

    /// <summary>The renter moves each lease's cap into the lease's account.</summary>
    private static void Expect(ExportData data, OrderLine order, CommandLine command)
    {
        foreach (var lease in data.Leases.Where(lease => lease.Terms.Order == order.Order))
        {
            var account = AccountId.Of(AccountKind.Lease, lease.Terms.Lease);
            data.Expected.Add(lease.At, AccountId.Person(order.Renter), account, lease.Terms.Cap, command.Digest);
        }
    }

    private static void CheckLeases(ExportData data, string gpuClass, MarketReplay replay, Findings findings)
    {
        var lines = data.Leases.ToDictionary(lease => lease.Terms.Lease);
        foreach (var order in data.Orders.Where(order => order.Class == gpuClass && !findings.Any))
        {
            var leases = replay.Last.Orders[order.Order].Leases;
            findings.Equal(order.At, "leases", string.Join(' ', leases), string.Join(' ', order.Leases));
            foreach (var lease in leases)
            {
                if (lines.TryGetValue(lease, out var line))
                {
                    CheckTerms(line, replay.Opened[lease], findings);
                }
                else
                {
                    findings.Add(order.At, "leases", $"a line in leases.ndjson for {lease}", "none");
                }
            }
        }

        var expected = data.Orders.SelectMany(order => order.Leases).ToArray();
        for (var i = 0; i < data.Leases.Length; i++)
        {
            findings.Equal(data.Leases[i].At, "lease", i < expected.Length ? expected[i] : Hash32.Zero, data.Leases[i].Terms.Lease);
        }
    }

    private static void CheckTerms(LeaseLine line, LeaseTerms expected, Findings findings)
    {
        var (at, found) = (line.At, line.Terms);
        findings.Equal(at, "order", expected.Order, found.Order);
        findings.Equal(at, "job", expected.Job, found.Job);
        findings.Equal(at, "gpu", expected.Gpu, found.Gpu);
        findings.Equal(at, "host", expected.Host, found.Host);
        findings.Equal(at, "renter", expected.Renter, found.Renter);
        findings.Equal(at, "class", expected.Class, found.Class);
        findings.Equal(at, "macsPerMs", expected.MacsPerMs, found.MacsPerMs);
        findings.Equal(at, "floor", expected.Floor, found.Floor);
        findings.Equal(at, "ceiling", expected.Ceiling, found.Ceiling);
        findings.Equal(at, "cap", expected.Cap, found.Cap);
        findings.Equal(at, "feePpm", expected.FeePpm, found.FeePpm);
        findings.Equal(at, "window", expected.Window, found.Window);
        findings.Equal(at, "openedAt", expected.OpenedAt, found.OpenedAt);
    }
}
