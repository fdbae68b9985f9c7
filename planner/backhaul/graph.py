"""The network a plan may build: places, roots, relays and satellite beams, with every link that could be bought.

Nodes and their attributes
--------------------------
The graph is a `networkx.MultiGraph` (a pair of nodes may be joined by fiber *and* by microwave); the
key of an edge is its technology. Node names are texts.

=================  ==========================================================================================
node attribute     meaning
=================  ==========================================================================================
``kind``           ``place`` (a candidate; the name is its ``place_id``) · ``root`` (``root:<node_id>`` of a
                   fiber node or ``root:<bts_id>`` of a tower with known residual backhaul) · ``relay``
                   (``relay:<bts_id>``, an existing tower that only passes traffic on, or ``road:<n>``, a fork
                   of a fiber route) · ``satellite`` (``beam:<beam_id>``)
``ref_id``         row it stands for (place, fiber node, tower or beam); empty for a fork
``name``           words for people
``lon_deg`` …      position (``lat_deg`` too); NaN for a beam
``height_m``       antenna height that microwave links were judged with; NaN for beams and forks
``capacity_mbps``  root: what may be taken from it, ``inf`` where its owner states none (then
                   ``is_capacity_known`` is False) · beam: capacity left after commitments · others ``inf``
``is_capacity_known``  whether ``capacity_mbps`` was stated
``pool``           beam: ``bts`` or ``public``; others empty
``tower_capex_idr``, ``tower_opex_idr_per_year``, ``tower_cost_idr``
                   place: what a bare relay tower there costs if traffic passes by microwave and no site is
                   built; 0 on all others. Fiber passes a place without a tower.
``evidence``       observed, estimate, schematic or synthetic
=================  ==========================================================================================

=======================  ====================================================================================
edge attribute           meaning
=======================  ====================================================================================
``technology``           key in ``models/backhaul``; ``existing`` = the tower's own backhaul (place–root, free)
``kind``                 ``fiber``, ``microwave``, ``satellite`` or ``existing``
``pool``                 satellite: pool of its beam; others empty
``length_km``            length of the route, never missing; 0 only where a place *is* the root's tower
``sea_km``               of it under the sea
``capacity_mbps``        busy-hour Mbps it can carry (satellite: the rate of one site)
``reserved_mbps``        satellite: what one site takes from its beam; others 0
``capex_idr``, ``opex_idr_per_year``, ``cost_idr``   construction, yearly cost, present value
``clearance_f1_share``   microwave: least clearance over first Fresnel radius; NaN for others
``margin_db``            microwave: clear-air fade margin; NaN for others
``elevation_deg``        satellite: elevation of the satellite; NaN for others
``has_terrain``          microwave: judged over a terrain model (False: over the bulge of the earth alone)
``evidence``             weakest evidence among its ends, route and terrain
=======================  ====================================================================================

Rules for whoever buys links
----------------------------
- A beam is no transit node: a place reaches it by one star edge, and no path runs through it.
- A root is an end; its ``capacity_mbps`` bounds the busy-hour traffic it takes in.
- An option may start on an edge of its place when `link_allowed` says so (its ``backhaul_kinds`` and ``backhaul_pool``).
- The sum of ``reserved_mbps`` at a beam stays within the beam's ``capacity_mbps``.
"""
