using System.Runtime.Intrinsics;

namespace Gaib.Cuda.Lanes;

/// <summary>The lower levels of the reduction tree, written out, because library sums leave their order open.</summary>
internal static class Tree
{
    public static float Of256(Vector256<float> eight) => Of128(eight.GetLower() + eight.GetUpper());

    public static float Of128(Vector128<float> four)
    {
        var low = four.GetElement(0) + four.GetElement(2);
        var high = four.GetElement(1) + four.GetElement(3);
        return low + high;
    }
}
