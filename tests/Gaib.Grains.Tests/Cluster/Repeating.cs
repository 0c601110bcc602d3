namespace Gaib.Grains.Tests.Cluster;

/// <summary>What a caller does that was not answered: it says the same again.</summary>
internal static class Repeating
{
    private const int TriesMax = 400;

    /// <summary>How far apart the points of a long campaign are: every one at night.</summary>
    public static int Sparsely { get; } = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? 1 : 4;

    /// <summary>Repeats until there is an answer. A refusal is one.</summary>
    public static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> ask)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (Exception fault) when (fault is not RefusedException && tries < TriesMax)
            {
                // Whether it took effect is unknown.
            }
        }
    }

    /// <summary>
    /// Fails the first write point of an operation, then the second, and so on to the last, each time on a fresh subject, and each time
    /// repeating the operation until it is answered.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="prepareAsync">Prepares the fresh subject of a number, without faults.</param>
    /// <param name="operateAsync">The operation on it.</param>
    /// <param name="checkAsync">What must hold afterwards, whatever failed.</param>
    /// <param name="every">1 for every point; more takes only some of them.</param>
    /// <returns>The points that failed, in order.</returns>
    public static async Task<IReadOnlyList<string>> FailEachPointAsync<TSubject, TAnswer>(
        DiskFaults disk,
        Func<int, Task<TSubject>> prepareAsync,
        Func<TSubject, Task<TAnswer>> operateAsync,
        Func<TSubject, TAnswer, Task> checkAsync,
        int every = 1)
    {
        var points = new List<string>();
        for (var number = 1; ; number += every)
        {
            var subject = await prepareAsync(number);
            disk.FailAt(number);
            var answer = await UntilAnsweredAsync(() => operateAsync(subject));
            var struck = disk.Struck;
            disk.Heal();
            await checkAsync(subject, answer);
            if (!struck.IsCompleted)
            {
                return points;
            }

            points.Add(await struck);
        }
    }
}
