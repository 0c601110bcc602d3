using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Verify.Money;

namespace Gaib.Verify.Models;

/// <summary>Every price was set by its model's developer, and stands from the place of that command in the book.</summary>
internal static class PricesCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var models = data.Models.ToDictionary(model => model.Model);
        foreach (var (line, message) in data.CommandsOf<SetPrice>())
        {
            if (findings.That(models.TryGetValue(message.Model, out var model), line.At, "payload.model", "a model of models.ndjson", message.Model))
            {
                findings.Equal(line.At, "account", model!.Developer, message.Account);
                findings.That(FeeRule.CheckPrice(message.UnitPrice, message.HostUnitFee) is null, line.At, "payload", "a price that can be divided", message.UnitPrice);
            }
        }

        var expected = data.Models.SelectMany(model => Of(data, model.Model)).ToArray();
        for (var i = 0; i < int.Min(expected.Length, data.Prices.Length); i++)
        {
            var (line, price) = (data.Prices[i], expected[i]);
            findings.Equal(line.At, "model", price.Model, line.Model);
            findings.Equal(line.At, "unitPrice", price.UnitPrice, line.UnitPrice);
            findings.Equal(line.At, "hostUnitFee", price.HostUnitFee, line.HostUnitFee);
            findings.Equal(line.At, "fromSequence", price.FromSequence, line.FromSequence);
            findings.Equal(line.At, "price", price.Id, line.Price);
        }

        findings.Equal(new LineAt("prices.ndjson", 0), "", expected.Length, data.Prices.Length);
    }

    /// <summary>A model's prices, by the commands that set them. A second one before the next transfer finds its place taken.</summary>
    private static IEnumerable<PriceRecord> Of(ExportData data, Hash32 model)
    {
        var from = 0UL;
        foreach (var (line, message) in data.CommandsOf<SetPrice>().Where(set => set.Message.Model == model && set.Line.Seq > 0))
        {
            if (line.Seq > from)
            {
                from = line.Seq;
                yield return PriceRecord.Of(model, message.UnitPrice, message.HostUnitFee, from);
            }
        }
    }
}
