using CsCheck;
using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Domain;
using Gaib.Domain.Compute;

namespace Gaib.Cuda.Tests.Kernels;

/// <summary>The matrix kernel beside three plain loops, and the challenge's product.</summary>
public sealed class GemmTests
{
    [Fact]
    public void Accumulate_AnyShapeWidthAndThreads_GivesTheLoopsBits()
    {
        int ragged = 0, transposed = 0, threaded = 0;
        Gen.Select(Gen.Int[1, 13], Gen.Int[1, 3], Gen.Int[1, 20], Gen.Bool, Gen.Int[1, 4], Gen.Int[0, 1000]).Sample(
            (rows, sixteens, depth, isTransposed, threads, seed) =>
            {
                var columns = 16 * sixteens;
                var a = Numbers(rows * depth, seed);
                var b = Numbers(depth * columns, seed + 1);
                var left = isTransposed ? new Matrix(a, 0, depth).Transposed with { ColumnStride = rows, RowStride = 1 } : new Matrix(a, 0, depth);
                var expected = Loops(left, b, Numbers(rows * columns, seed + 2), rows, columns, depth);
                var crew = new Crew(threads, 0);
                Assert.Equal(expected, Product<LanesScalar>(crew, left, b, rows, columns, depth, seed));
                Assert.Equal(expected, Product<Lanes128>(crew, left, b, rows, columns, depth, seed));
                Assert.Equal(expected, Product<Lanes256>(crew, left, b, rows, columns, depth, seed));
                Assert.Equal(expected, Product<Lanes512>(crew, left, b, rows, columns, depth, seed));
                Interlocked.Add(ref ragged, rows % 4 == 0 ? 0 : 1);
                Interlocked.Add(ref transposed, isTransposed ? 1 : 0);
                Interlocked.Add(ref threaded, threads > 1 && rows > 1 ? 1 : 0);
            });
        Assert.True(ragged > 0 && transposed > 0 && threaded > 0);
    }

    [Fact]
    public void Accumulate_WindowPastTheArray_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        Gemm<Lanes512>.Accumulate(
            Crew.Alone, new Matrix(new float[3], 0, 2), new Matrix(new float[32], 0, 16), new Matrix(new float[32], 0, 16), 2, 16, 2));

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(67)]
    [InlineData(1031)]
    public void RunGemm_AnySize_PassesTheCheckOnEveryWidth(int size)
    {
        var challenge = new GemmChallenge(Keccak.HashUtf8("seed"), size);
        var result = CpuDevice.Create(2).RunGemm(challenge);
        Assert.Null(Freivalds.Check(challenge, result.Product, result.Commitment, Keccak.HashUtf8("later")));
        foreach (var width in size < 100 ? Enum.GetValues<LaneWidth>() : [LaneWidth.Bits256])
        {
            Assert.Equal(result.Product, CpuDevice.Create(1, width).RunGemm(challenge).Product);
        }
    }

    [Fact]
    public void RunGemm_SmallChallenge_EqualsIntegerLoops()
    {
        var challenge = new GemmChallenge(Hash32.Zero, 19);
        var (left, right) = (challenge.Left(), challenge.Right());
        var product = CpuDevice.Create().RunGemm(challenge).Product;
        for (var entry = 0; entry < 19 * 19; entry++)
        {
            var exact = Enumerable.Range(0, 19).Sum(k => left[(entry / 19 * 19) + k] * right[(k * 19) + (entry % 19)]);
            Assert.Equal(exact, BitConverter.ToInt32(product, 4 * entry));
        }
    }

    private static float[] Product<T>(Crew crew, Matrix left, float[] b, int rows, int columns, int depth, int seed)
        where T : struct, ILanes<T>
    {
        var c = Numbers(rows * columns, seed + 2);
        Gemm<T>.Accumulate(crew, left, new Matrix(b, 0, columns), new Matrix(c, 0, columns), rows, columns, depth);
        return c;
    }

    private static float[] Loops(Matrix a, float[] b, float[] c, int rows, int columns, int depth)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var sum = c[(i * columns) + j];
                for (var k = 0; k < depth; k++)
                {
                    var term = a.Data[(i * a.RowStride) + (k * a.ColumnStride)] * b[(k * columns) + j];
                    sum += term;
                }

                c[(i * columns) + j] = sum;
            }
        }

        return c;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 8)];
    }
}
