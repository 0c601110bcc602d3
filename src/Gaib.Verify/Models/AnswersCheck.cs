using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Training;

namespace Gaib.Verify.Models;

/// <summary>
/// Executes every receipt again: the answer is what the model's weights give. Only where a host's epoch names it as wrong may it be
/// another; whether it was rightly named is that epoch's check.
/// </summary>
internal static class AnswersCheck
{
    private const int RowsAtOnce = 4_096;

    public static void Check(ExportData data, Findings findings)
    {
        var caught = data.HostEpochs.SelectMany(epoch => epoch.Wrong).ToHashSet();
        var servings = Serving.Of(data);
        foreach (var group in data.Receipts.GroupBy(line => line.Receipt.Model))
        {
            var serving = servings[group.Key];
            if (data.Blobs.Find(serving.Model.At, "weights", serving.Model.Weights) is { } weights)
            {
                foreach (var (line, output) in Replay(data.Device, serving.Shape, weights, group))
                {
                    var holds = caught.Contains(line.Hash) || output.AsSpan().SequenceEqual(line.Output.AsSpan());
                    findings.That(holds, line.At, "output", "the answer of the model's weights", "another");
                    data.Answers[line.Hash] = Keccak.Hash(output);
                }
            }
        }
    }

    /// <summary>Rows of many calls go through the net at once; a row's answer does not depend on the rows beside it.</summary>
    private static IEnumerable<(ReceiptLine Line, byte[] Output)> Replay(
        IDevice device, MlpShape shape, byte[] weights, IEnumerable<ReceiptLine> lines)
    {
        var rowBytes = Prediction.RowBytes(shape.Classes);
        foreach (var batch in Batches(lines))
        {
            var answers = device.Predict(shape, weights, batch.SelectMany(line => line.Input).ToArray());
            var at = 0;
            foreach (var line in batch)
            {
                var length = checked((int)line.Receipt.Units * rowBytes);
                yield return (line, answers[at..(at + length)]);
                at += length;
            }
        }
    }

    private static IEnumerable<List<ReceiptLine>> Batches(IEnumerable<ReceiptLine> lines)
    {
        var (batch, rows) = (new List<ReceiptLine>(), 0L);
        foreach (var line in lines)
        {
            batch.Add(line);
            rows += line.Receipt.Units;
            if (rows >= RowsAtOnce)
            {
                yield return batch;
                (batch, rows) = ([], 0);
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
