using System.Runtime.Intrinsics;
using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Cuda.Mlp;
using Gaib.Domain.Training;

namespace Gaib.Cuda;

/// <summary>Register widths that the CPU backend runs on. All give the same bits.</summary>
public enum LaneWidth
{
    /// <summary>No registers: one lane after the other.</summary>
    Scalar = 32,

    /// <summary>Four 128-bit registers (SSE2, NEON).</summary>
    Bits128 = 128,

    /// <summary>Two 256-bit registers (AVX2).</summary>
    Bits256 = 256,

    /// <summary>One 512-bit register (AVX-512).</summary>
    Bits512 = 512,
}

/// <summary>Makes devices that compute on the CPU.</summary>
public static class CpuDevice
{
    /// <summary>The widest registers of this machine.</summary>
    public static LaneWidth Widest =>
        Vector512.IsHardwareAccelerated ? LaneWidth.Bits512
        : Vector256.IsHardwareAccelerated ? LaneWidth.Bits256
        : Vector128.IsHardwareAccelerated ? LaneWidth.Bits128
        : LaneWidth.Scalar;

    /// <summary>A device on the widest registers of this machine.</summary>
    /// <param name="threads">Most threads that one call uses, at least 1. Changes speed, never a bit.</param>
    public static IDevice Create(int threads = 1) => Create(threads, Widest);

    /// <summary>A device on registers of a given width, accelerated here or not.</summary>
    /// <param name="threads">Most threads that one call uses, at least 1.</param>
    /// <param name="width">Register width.</param>
    public static IDevice Create(int threads, LaneWidth width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return Create(new Crew(threads), width);
    }

    internal static IDevice Create(Crew crew, LaneWidth width) => width switch
    {
        LaneWidth.Scalar => new CpuDevice<LanesScalar>(crew, width),
        LaneWidth.Bits128 => new CpuDevice<Lanes128>(crew, width),
        LaneWidth.Bits256 => new CpuDevice<Lanes256>(crew, width),
        LaneWidth.Bits512 => new CpuDevice<Lanes512>(crew, width),
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, null),
    };
}
