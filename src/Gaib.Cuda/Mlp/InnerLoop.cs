using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Mlp;

/// <summary>A worker's inner steps. The replay runs the same loop and looks on before each update.</summary>
internal sealed class InnerLoop<T>
    where T : struct, ILanes<T>
{
    private readonly InnerTask _task;
    private readonly Crew _crew;
    private readonly MlpLayout _layout;
    private readonly float[] _global;
    private readonly byte[] _blob;

    public InnerLoop(InnerTask task, Crew crew)
    {
        (_task, _crew, _layout) = (task, crew, new MlpLayout(task.Settings.Shape));
        _global = _layout.Read(task.Weights.Span);
        _blob = new byte[task.Settings.Shape.BlobBytes];
    }

    /// <summary>Sees a step after its gradient is made and before the weights change.</summary>
    /// <param name="indices">The batch's samples.</param>
    /// <param name="pass">The batch's pass, after Backward.</param>
    /// <param name="weights">Weights before the update.</param>
    /// <param name="gradient">The batch's gradient.</param>
    public delegate void Observer(ReadOnlySpan<int> indices, MlpPass<T> pass, float[] weights, float[] gradient);

    /// <summary>Runs all steps; null when the worker died.</summary>
    public InnerResult? Run(Func<int, bool>? diesBefore, Observer? observer)
    {
        var settings = _task.Settings;
        var (batch, steps) = (settings.Batch, settings.InnerSteps);
        var order = BatchSchedule.Draw(_task.RunHash, _task.Round, _task.Slot, _task.Samples.Count, batch, steps);
        var pass = new MlpPass<T>(_layout, _crew, batch);
        var weights = (float[])_global.Clone();
        var gradient = new float[_layout.Length];
        var labels = new byte[batch];
        var rate = FixedPoint.FromPpm(settings.InnerRatePpm);
        var trace = Keccak.Hash(_task.Weights.Span);
        for (var step = 0; step < steps; step++)
        {
            if (diesBefore?.Invoke(step) == true)
            {
                return null;
            }

            var indices = order.AsSpan(step * batch, batch);
            Differentiate(pass, indices, labels, weights, gradient);
            observer?.Invoke(indices, pass, weights, gradient);
            Elementwise<T>.Descend(weights, gradient, rate);
            _layout.Write(weights, _blob);
            trace = Keccak.Hash(trace, Keccak.Hash(_blob));
        }

        if (diesBefore?.Invoke(steps) == true)
        {
            return null;
        }

        var delta = DeltaQuantiser.Quantise(_layout, weights, _global);
        return new InnerResult(delta, Keccak.Hash(delta), trace, settings.MacsPerRound);
    }

    private void Differentiate(
        MlpPass<T> pass, ReadOnlySpan<int> indices, byte[] labels, float[] weights, float[] gradient)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            labels[i] = _task.Samples.Labels.Span[indices[i]];
        }

        pass.Load(_task.Samples, indices);
        pass.Forward(weights);
        pass.Softmax(labels, indices.Length);
        pass.Backward(weights);
        pass.Gradient(gradient);
    }
}
