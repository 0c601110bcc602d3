using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Gaib.Cli.Demo;

/// <summary>Measures weights on the held-back test part, which nobody has used before.</summary>
internal sealed class DemoTest
{
    private readonly IChunkStore _store;
    private readonly IDevice _device;
    private readonly MlpShape _shape;
    private readonly Hash32 _final;
    private readonly SampleSet _test;

    public DemoTest(DemoRunner demo, TrainingRun run)
    {
        _store = demo.Node.Services.GetRequiredService<IChunkStore>();
        _device = demo.Node.Services.GetRequiredService<IDevice>();
        (_shape, _final) = (run.Spec.Settings.Shape, run.Weights);
        var samples = demo.Data.Split.Test.Samples;
        _test = new SampleSet(
            _shape.Features,
            samples.SelectMany(sample => sample.Features).ToArray(),
            samples.Select(sample => (byte)sample.Label).ToArray());
    }

    /// <summary>The part of the test samples that the final weights classify right.</summary>
    public async Task<decimal> AccuracyAsync()
    {
        var answers = _device.Predict(_shape, await WeightsAsync(_final), _test.Features);
        return decimal.Round((decimal)Prediction.CountCorrect(answers, _shape.Classes, _test.Labels.Span) / _test.Count, 6);
    }

    /// <summary>Mean cross-entropy of some weights.</summary>
    public async Task<decimal> LossAsync(Hash32 weights) =>
        decimal.Round(_device.LossQ32(_shape, await WeightsAsync(weights), _test) / 4_294_967_296m / _test.Count, 6);

    private async Task<byte[]> WeightsAsync(Hash32 hash) =>
        await _store.GetAsync(hash) ?? throw new DemoException($"The weights {hash} are gone from the chunk store.");
}
