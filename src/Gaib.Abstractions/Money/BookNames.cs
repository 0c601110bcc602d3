using System.Globalization;

namespace Gaib.Abstractions.Money;

/// <summary>How the journals of books are named.</summary>
public static class BookNames
{
    /// <summary><c>book-0</c> for book 0.</summary>
    public static string Of(long number) => "book-" + number.ToString(CultureInfo.InvariantCulture);
}
