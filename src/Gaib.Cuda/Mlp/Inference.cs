using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Mlp;

/// <summary>Forward passes in pieces of bounded size: losses and predictions.</summary>
/// <param name="shape">The net.</param>
/// <param name="weights">Its weights.</param>
/// <param name="crew">Threads to share out the rows.</param>
internal sealed class Inference<T>(MlpShape shape, ReadOnlyMemory<byte> weights, Crew crew)
    where T : struct, ILanes<T>
{
    private const int PieceRows = 256;

    private readonly MlpLayout _layout = new(shape);

    /// <summary>
    /// Per sample ln Σ exp(z_j − max z) + (max z − z_y) in binary64 from the binary32 logits, classes ascending; rounded to Q32.
    /// </summary>
    public long LossQ32(SampleSet samples)
    {
        var total = 0L;
        Each(samples.Features, (row, logits) =>
        {
            double most = logits[0];
            foreach (var logit in logits)
            {
                most = logit > most ? logit : most;
            }

            var sum = 0.0;
            foreach (var logit in logits)
            {
                sum += Exponential.ExpNonPositive(logit - most);
            }

            var loss = Exponential.LogFromOne(sum) + (most - logits[samples.Labels.Span[row]]);
            total = checked(total + FixedPoint.Round(loss, Attribution.FractionBits));
        });
        return total;
    }

    /// <summary>One answered row an input row.</summary>
    public byte[] Predict(ReadOnlyMemory<byte> rows)
    {
        var size = Prediction.RowBytes(shape.Classes);
        var answers = new byte[checked(rows.Length / shape.Features * size)];
        var fixedPoint = new int[shape.Classes];
        Each(rows, (row, logits) =>
        {
            for (var j = 0; j < logits.Length; j++)
            {
                fixedPoint[j] = (int)Math.Clamp(
                    FixedPoint.Round(logits[j], Prediction.LogitFractionBits), int.MinValue, int.MaxValue);
            }

            Prediction.Write(fixedPoint, answers.AsSpan(row * size, size));
        });
        return answers;
    }

    private void Each(ReadOnlyMemory<byte> rows, RowAction action)
    {
        var parameters = _layout.Read(weights.Span);
        var count = rows.Length / shape.Features;
        var pass = new MlpPass<T>(_layout, crew, Math.Min(PieceRows, Math.Max(1, count)));
        for (var from = 0; from < count; from += PieceRows)
        {
            var piece = Math.Min(PieceRows, count - from);
            for (var row = 0; row < piece; row++)
            {
                pass.Load(rows.Span.Slice((from + row) * shape.Features, shape.Features), row);
            }

            pass.Forward(parameters);
            for (var row = 0; row < piece; row++)
            {
                action(from + row, pass.Logits(row));
            }
        }
    }

    private delegate void RowAction(int row, ReadOnlySpan<float> logits);
}
