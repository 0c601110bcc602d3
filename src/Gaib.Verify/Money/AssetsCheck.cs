using Gaib.Domain.Models;
using Gaib.Domain.Money;

namespace Gaib.Verify.Money;

/// <summary>Every issued model has two assets: its shares, and the frozen units of those who had staked.</summary>
internal static class AssetsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var issued = data.Shares.Select(share => share.Model).ToHashSet();
        var expected = new Dictionary<AssetId, (AccountId Pool, bool Frozen, Domain.Hash32 Model)>();
        foreach (var model in data.Models.Where(model => issued.Contains(model.Model)).Select(model => model.Model))
        {
            var holders = ShareIssueRule.HolderPool(model);
            expected[AssetId.Of(model)] = (AccountId.Of(AccountKind.Pool, model), false, model);
            expected[AssetId.Of(holders)] = (AccountId.Of(AccountKind.Pool, holders), true, model);
        }

        foreach (var line in data.Assets)
        {
            if (findings.That(expected.Remove(line.Asset, out var asset), line.At, "asset", "an asset of an issued model, once", line.Asset))
            {
                findings.Equal(line.At, "pool", asset.Pool, line.Pool);
                findings.Equal(line.At, "frozen", asset.Frozen, line.Frozen);
                findings.Equal(line.At, "model", asset.Model, line.Model);
            }
        }

        foreach (var missing in expected.Keys.Order())
        {
            findings.Add(new LineAt("assets.ndjson", 0), "asset", missing.ToString(), "none");
        }
    }
}
