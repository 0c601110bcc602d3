using Gaib.Domain.Compute;

namespace Gaib.Verify.Compute;

/// <summary>Every rate is what the rate rule gives for the capacity that was offered and leased until then.</summary>
internal static class RatesCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var classes = data.Network.Classes.Select(one => one.Name).ToArray();
        foreach (var (line, i) in data.Rates.Select((line, i) => (line, i)))
        {
            var place = Array.IndexOf(classes, line.Class);
            var sorted = place >= 0 && (i == 0 || Array.IndexOf(classes, data.Rates[i - 1].Class) <= place);
            findings.That(sorted, line.At, "class", "a class of the network, in its order", line.Class);
        }

        foreach (var rates in data.Rates.GroupBy(line => line.Class).Where(_ => !findings.Any))
        {
            var replay = MarketReplay.Of(data, rates.Key, findings);
            var before = data.Network.StartsAt;
            foreach (var line in rates)
            {
                findings.That(
                    line.Time / RateRule.TickMs > before / RateRule.TickMs, line.At, "at", $"a tick after that of {before}", line.Time);
                before = line.Time;
                var expected = replay.RateAt(line.Time);
                findings.Equal(line.At, "utilisation", (UInt128)expected.Utilisation, line.Utilisation);
                findings.Equal(line.At, "rate", expected.Rate, line.Rate);
                findings.Equal(line.At, "rateAtTarget", expected.RateAtTarget, line.RateAtTarget);
            }
        }
    }
}
