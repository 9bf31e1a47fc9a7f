# frozen_string_literal: true

require 'sequel'

module OrdersAPI
  # Pages by keyset: each begins right behind the last row of the one before, whatever has come in since.
  # The columns together are unique, so that every row has a place of its own.
  class Keyset
    def initialize(columns, sort)
      @columns = columns
      @descending = sort.start_with?('-')
    end

    # Gives the rows of a page behind the place, and whether there are more.
    def page(dataset, place, limit)
      rows = behind(dataset, place).order(*order).limit(limit + 1).all
      [rows.first(limit), rows.size > limit]
    end

    private

    def behind(dataset, place)
      return dataset unless place

      dataset.where(@descending ? row(@columns) < row(place) : row(@columns) > row(place))
    end

    def row(values) = Sequel.function(:row, *values)

    def order = @columns.map { |column| @descending ? Sequel.desc(column) : Sequel.asc(column) }
  end
end
