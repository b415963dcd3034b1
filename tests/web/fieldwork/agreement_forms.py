"""Forms for the robot that fills in the same form by the server's rules and by the browser's."""

from __future__ import annotations

FEATURES = """
| survey | type | name | label::English (en) | label::Español (es) | hint::English (en) | relevant | calculation | choice_filter | repeat_count | required | constraint | constraint_message::English (en) | appearance | parameters | default | trigger | readonly |
| | start | start | | | | | | | | | | | | | | | |
| | today | today | | | | | | | | | | | | | | | |
| | end | end | | | | | | | | | | | | | | | |
| | text | who | Who? | ¿Quién? | Your name | | | | | yes | string-length(.) < 12 | Short, **please** | | | | | |
| | integer | members | How many live here, ${who}? | ¿Cuántos, ${who}? | | | | | | true() | . >= 0 and . < 6 | Fewer than six, not ${members} | | | 2 | | |
| | decimal | rate | Rate | Tasa | | ${members} > 1 | | | | ${members} > 2 | . != 3 | | | | | | |
| | date | born | Born | Nacido | | | | | | | . <= today() | | | | | | |
| | time | woke | Woke | Despertó | | | | | | | | | | | | | |
| | dateTime | met | Met | Encuentro | | | | | | | | | | | | | |
| | calculate | sums | | | | | ${rate} * 3 + ${members} div 7 - -1 mod 2 | | | | | | | | | | |
| | calculate | rounded | | | | | round(${rate}, 2) | | | | | | | | | | |
| | calculate | rounds | | | | | concat(round(${rate} * 100, -1), ' ', int(${rate}), ' ', round(-2.5)) | | | | | | | | | | |
| | calculate | age | | | | | int((today() - ${born}) div 365.25) | | | | | | | | | | |
| | calculate | said | | | | | concat(format-date(${born}, '%a %e %b %Y'), '/', format-date-time(${met}, '%y-%n-%d %H:%M:%S.%3'), '/', substr(${who}, 1, -1), '/', substring-before(${who}, 'a'), '/', substring-after(${who}, 'a'), '/', translate(${who}, 'aé', 'A')) | | | | | | | | | | |
| | calculate | times | | | | | concat(decimal-time(${woke}), '/', decimal-date-time(${met}), '/', date(decimal-date-time(${born})), '/', date-time(${born}), '/', number(${met})) | | | | | | | | | | |
| | calculate | kept | | | | | once(concat('first ', ${who})) | | | | | | | | | | |
| | calculate | maybe | | | | | if(${who} = '', 'nobody', coalesce(${rate}, ${members})) | | | | | | | | | | |
| | calculate | logic | | | | | concat(${members} = 2, not(${who}), boolean(${rate}), ${rate} < ${members} or ${who} = 'Ana', true() and ${members}, number('x'), 1 div 0) | | | | | | | | | | |
| | calculate | texts | | | | | concat(normalize-space(${who}), '·', starts-with(${who}, 'A'), contains(${who}, 'n'), ends-with(${who}, 'a'), regex(${who}, '[A-Z][a-z]+'), string-length(${who}), thousands-sep(${rate} * 100000)) | | | | | | | | | | |
| | begin_group | more | More | Más | | ${members} > 0 | | | | | | | field-list | | | | |
| | select_one state | state | State | Estado | | | | | | yes | | | | | | | |
| | select_one city | city | City | Ciudad | | | | state = ${state} | | | | | minimal | | | | |
| | select_multiple crop or_other | crops | Crops | Cultivos | | ${city} != '' | | | | | count-selected(.) < 3 | | | | | | |
| | rank crop | best | Best | Mejor | | | | | | | | | randomize | randomize=true, seed=42 | | | |
| | select_one crop | shuffle | Mixed | Mezcla | | selected(${crops}, 'maize') | | | | | | | | randomize=true | | | |
| | calculate | cropped | | | | | concat(count-selected(${crops}), selected-at(${crops}, 1), jr:choice-name(${city}, '${city}'), join('+', ${state}, ${city})) | | | | | | | | | | |
| | range | scale | Scale | Escala | | | | | | | | | | start=1 end=5 step=0.5 | | | |
| | acknowledge | fine | Fine? | ¿Bien? | | | | | | yes | | | | | | | |
| | end_group | | | | | | | | | | | | | | | | |
| | begin_repeat | person | Person | Persona | | | | | ${members} | | | | | | | | |
| | text | name | Name of person ${place} | Nombre | | | | | | yes | | | | | | | |
| | calculate | place | | | | | position(..) | | | | | | | | | | |
| | integer | years | Age of ${name} | Edad de ${name} | | | | | | | . < 20 | | | | | | |
| | text | school | School of ${name} | Escuela | | ${years} < 18 | | | | ${years} > 5 | | | | | | | |
| | calculate | share | | | | | ${years} div sum(/data/person/years) | | | | | | | | | | |
| | calculate | before | | | | | indexed-repeat(${name}, ${person}, position(..) - 1) | | | | | | | | | | |
| | begin_repeat | job | Job | Trabajo | | ${years} > 14 | | | | | | | | | | | |
| | text | title | Title | Título | | | | | | | | | | | | | |
| | integer | hours | Hours | Horas | | ${title} != '' | | | | | . <= 24 | | | | 8 | | |
| | calculate | pay | | | | | ${hours} * ${rate} + ${years} | | | | | | | | | | |
| | end_repeat | | | | | | | | | | | | | | | | |
| | calculate | allhours | | | | | sum(${hours}) + count(${job}) + count-non-empty(${title}) | | | | | | | | | | |
| | end_repeat | | | | | | | | | | | | | | | | |
| | calculate | total | | | | | concat(count(${person}), ' ', sum(${years}), ' ', max(${years}), ' ', min(${years}), ' ', join(',', ${name}), ' ', sum(${pay})) | | | | | | | | | | |
| | select_one ${name} | head | Head | Cabeza | | | | ${years} > 17 | | | | | | | | | |
| | calculate | headage | | | | | /data/person[name = ${head}]/years | | | | | | | | | | |
| | calculate | lookup | | | | | pulldata('areas', 'weight', 'id', ${who}) | | | | | | | | | | |
| | calculate | grown | | | | | count(instance('areas')/root/item[weight > ${rate} and id != ${who}]) | | | | | | | | | | |
| | select_one_from_file areas.csv | area | Area | Zona | | | | weight > ${members} or id = ${who} | | | | | | value=id, label=name | | | |
| | geopoint | spot | Where | Dónde | | | | | | | | | | | | | |
| | geotrace | way | Way | Camino | | ${spot} != '' | | | | | | | | | | | |
| | calculate | long | | | | | round(distance(${way}), 3) | | | | | | | | | | |
| | text | changed | Changed | Cambió | | | | | | | | | | | | | |
| | calculate | trace | | | | | concat(${who}, '!') | | | | | | | | | ${changed} | |
| | calculate | blanks | | | | | concat(/data/person[name = 'nobody']/name = '', substring(${who}, 1.5, 2.6), /data/person[2]/name, /data/person[position() = 2]/name, '-', ${trace}) | | | | | | | | | | |
| | text | fixed | Fixed | Fijo | | | ${who} | | | | | | | | | | yes |
| | note | told | Hello ${who}, <b>you</b> are ${members} | Hola ${who} | | ${who} != '' | | | | | | | | | | | |
| | calculate | lists | | | | | checklist(1, 2, ${who} = 'Ana', ${members} = 2, ${rate} > 1) | | | | | | | | | | |
| | calculate | weights | | | | | weighted-checklist(2, 5, ${who} = 'Ana', 2, ${members} = 2, 1.5) | | | | | | | | | | |
| choices | list_name | name | label::English (en) | label::Español (es) | state |
| | state | n | North | Norte | |
| | state | s | South ${who} | Sur | |
| | city | a | Ayacucho | Ayacucho | n |
| | city | b | Bilbao | Bilbao | n |
| | city | c | Cusco | Cuzco | s |
| | crop | maize | Maize | Maíz | |
| | crop | rice | Rice | Arroz | |
| | crop | beans | Beans | Frijoles | |
| | crop | teff | Teff | Teff | |
| settings | form_title | form_id | version | default_language | instance_name |
| | Features | features | 7 "a" | English (en) | concat(${who}, ' & ', ${members}) |
"""  # noqa: E501 - tables are as wide as they are

AREAS = """id,name,weight
Ana,"North, upper",1.5
Bo,South,4
12,Çelik,-2
"""
