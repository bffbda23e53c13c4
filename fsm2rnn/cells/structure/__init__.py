"""One file per structure of matrices: shapes, first values, steps and products; all others run by their matrices."""
