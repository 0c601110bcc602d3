using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Cuda.Mlp;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>Gradients and curvature beside difference quotients in binary64.</summary>
public sealed class DerivativeTests
{
    private static readonly MlpShape Shape = new([6, 9, 7, 4], 4);
    private static readonly SampleSet Samples = Blobs.Samples(13, Shape, "derivatives");
    private static readonly byte[] Blob = CpuDevice.Create().InitialWeights(Shape, Keccak.HashUtf8("weights"));
    private static readonly double[] Weights = [.. Blobs.Numbers(Blob).Select(w => (double)w)];
    private static readonly DoubleNet Net = new(Shape);

    [Fact]
    public void Gradient_EveryParameter_EqualsTheDifferenceQuotient()
    {
        var (_, pass, _) = Backward();
        var gradient = Gradient(pass);
        for (var i = 0; i < Weights.Length; i++)
        {
            const double Step = 1e-6;
            var (more, less) = ((double[])Weights.Clone(), (double[])Weights.Clone());
            more[i] += Step;
            less[i] -= Step;
            var quotient = (Net.Loss(more, Samples) - Net.Loss(less, Samples)) * Samples.Count / (2 * Step);
            Assert.Equal(quotient, gradient[i], 1e-4);
        }
    }

    [Fact]
    public void HessianProduct_AnyDirection_EqualsTheDifferenceOfGradients()
    {
        var (layout, pass, parameters) = Backward();
        var largest = 0.0;
        for (var trial = 0; trial < 5; trial++)
        {
            var direction = Blobs.Numbers(CpuDevice.Create().InitialWeights(Shape, Keccak.HashUtf8($"direction {trial}")));
            for (var i = 0; i < direction.Length; i++)
            {
                direction[i] += direction[i] == 0 ? 0.3f : 0;
            }

            var product = new float[layout.Length];
            new CurvaturePass<Lanes512>(pass).Multiply(Crew.Alone, parameters, layout.Read(Blobs.Bytes(direction)), product);
            var along = direction.Select(v => (double)v).ToArray();
            const double Step = 1e-6;
            var more = Net.Gradient(DoubleNet.Plus(Weights, Step, along), Samples);
            var less = Net.Gradient(DoubleNet.Plus(Weights, -Step, along), Samples);
            var exact = DoubleNet.Plus(more, -1, less).Select(d => d * Samples.Count / (2 * Step)).ToArray();
            var found = Unpadded(layout, product);
            for (var i = 0; i < exact.Length; i++)
            {
                Assert.Equal(exact[i], found[i], 1e-3);
                largest = Math.Max(largest, Math.Abs(exact[i]));
            }
        }

        Assert.True(largest > 1, "The curvature must be large enough for the tolerance to mean something.");
    }

    [Fact]
    public void GradientDots_AnyDirection_EqualEachRowsOwnGradient()
    {
        var (layout, pass, _) = Backward();
        var direction = Blobs.Numbers(CpuDevice.Create().InitialWeights(Shape, Keccak.HashUtf8("ghost")));
        var dots = new double[Samples.Count];
        pass.GradientDots(layout.Read(Blobs.Bytes(direction)), dots);
        for (var row = 0; row < Samples.Count; row++)
        {
            var own = Net.Gradient(Weights, Samples.Select([row]));
            Assert.Equal(DoubleNet.Dot(own, [.. direction.Select(v => (double)v)]), dots[row], 1e-4);
        }
    }

    [Fact]
    public void LossQ32_Samples_EqualsBinary64()
    {
        var loss = CpuDevice.Create().LossQ32(Shape, Blob, Samples) / Math.Pow(2, 32);
        Assert.Equal(Net.Loss(Weights, Samples) * Samples.Count, loss, 1e-5);
    }

    private static (MlpLayout Layout, MlpPass<Lanes512> Pass, float[] Parameters) Backward()
    {
        var layout = new MlpLayout(Shape);
        var parameters = layout.Read(Blob);
        var pass = new MlpPass<Lanes512>(layout, Crew.Alone, Samples.Count);
        pass.Load(Samples, [.. Enumerable.Range(0, Samples.Count)]);
        pass.Forward(parameters);
        pass.Softmax(Samples.Labels.Span, 1f);
        pass.Backward(parameters);
        return (layout, pass, parameters);
    }

    private static float[] Gradient(MlpPass<Lanes512> pass)
    {
        var gradient = new float[pass.Layout.Length];
        pass.Gradient(gradient);
        return Unpadded(pass.Layout, gradient);
    }

    private static float[] Unpadded(MlpLayout layout, float[] parameters)
    {
        var blob = new byte[Shape.BlobBytes];
        layout.Write(parameters, blob);
        return Blobs.Numbers(blob);
    }
}
