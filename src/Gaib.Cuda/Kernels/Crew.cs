using System.Runtime.ExceptionServices;

namespace Gaib.Cuda.Kernels;

/// <summary>
/// Splits rows among threads. A row is computed whole by one thread in the fixed order, so the split changes no bit.
/// </summary>
/// <param name="threads">Most threads at once, at least 1.</param>
/// <param name="macsPerPartMin">Least multiply-accumulates that are worth another thread.</param>
internal sealed class Crew(int threads, long macsPerPartMin = 1 << 19)
{
    /// <summary>Most threads at once.</summary>
    public int Threads => threads;

    /// <summary>One thread: no split at all.</summary>
    public static Crew Alone { get; } = new(1);

    /// <summary>Into how many parts work of this size is split.</summary>
    public int Parts(int rows, long macs) =>
        (int)Math.Max(1, Math.Min(Math.Min(threads, rows), macsPerPartMin == 0 ? threads : macs / macsPerPartMin));

    /// <summary>Calls <paramref name="part"/> with from and to (exclusive) of each part, and returns when all are done.</summary>
    public static void Split(int rows, int parts, Action<int, int> part) => Parallel.For(
        0,
        parts,
        new ParallelOptions { MaxDegreeOfParallelism = parts },
        i => part((int)((long)rows * i / parts), (int)((long)rows * (i + 1) / parts)));

    /// <summary>Runs <paramref name="task"/> for each index, on as many threads as there are; throws what a task threw first.</summary>
    public void Each(int count, Action<int> task)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, task);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }
}
