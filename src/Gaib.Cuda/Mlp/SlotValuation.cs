using System.Collections.Immutable;
using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Mlp;

/// <summary>
/// Replays one slot and sums what each contributor's samples did to the loss on the validation slice:
/// Σ over steps of η·g_val·g_c − (η²/2)·g_cᵀ·H_val·g_B, with g_val and H_val of the slice's summed loss at the step's weights.
/// </summary>
internal sealed class SlotValuation<T>
    where T : struct, ILanes<T>
{
    private readonly AttributionTask _task;
    private readonly Crew _crew;
    private readonly MlpLayout _layout;
    private readonly MlpPass<T> _validation;
    private readonly CurvaturePass<T> _curvature;
    private readonly float[] _slope;
    private readonly float[] _bend;
    private readonly float[] _direction;
    private readonly double[] _dots;
    private readonly Int128[] _values;

    public SlotValuation(AttributionTask task, Crew crew)
    {
        (_task, _crew, _layout) = (task, crew, new MlpLayout(task.Settings.Shape));
        _validation = new MlpPass<T>(_layout, crew, task.Validation.Count);
        _curvature = new CurvaturePass<T>(_validation);
        _slope = new float[_layout.Length];
        _bend = new float[_layout.Length];
        _direction = new float[_layout.Length];
        _dots = new double[task.Settings.Batch];
        _values = new Int128[task.Contributors];
        for (var row = 0; row < task.Validation.Count; row++)
        {
            _validation.Load(task.Validation.Row(row), row);
        }
    }

    public SlotReplay Run(int slot)
    {
        var task = new InnerTask(_task.Settings, _task.RunHash, _task.Round, slot, _task.Weights, _task.Samples);
        var result = new InnerLoop<T>(task, _crew).Run(null, Observe)!;
        return new SlotReplay(slot, result.DeltaHash, result.Trace, ImmutableArray.Create(_values));
    }

    /// <summary>
    /// Both terms are linear in g_c, so they are one dot product with u = (η·g_val) − ((η·η·½)·(H_val·g_B)). A sample's value is that
    /// dot product, rounded half to even to Q48; from there on everything is a sum of integers.
    /// </summary>
    private void Observe(ReadOnlySpan<int> indices, MlpPass<T> batch, float[] weights, float[] gradient)
    {
        _validation.Forward(weights);
        _validation.Softmax(_task.Validation.Labels.Span, 1f);
        _validation.Backward(weights);
        _validation.Gradient(_slope);
        _curvature.Multiply(_crew, weights, gradient, _bend);
        var rate = FixedPoint.FromPpm(_task.Settings.InnerRatePpm);
        Elementwise<T>.Combine(_direction, rate, _slope, rate * rate * 0.5f, _bend);
        batch.GradientDots(_direction, _dots);
        for (var i = 0; i < indices.Length; i++)
        {
            _values[_task.Owners[indices[i]]] += FixedPoint.Round(_dots[i], Attribution.SlotFractionBits);
        }
    }
}
